create function calendar_private.minutes_or_null(value text) returns integer
    language sql immutable
    set search_path = pg_catalog, pg_temp
return case when value ~ '^[0-9]{1,4}$' and value::integer between 1 and 1440 then value::integer end;
comment on function calendar_private.minutes_or_null(text) is
    'A text as a duration in minutes, 1 to 1440, as language models write numbers; null for any other text';
