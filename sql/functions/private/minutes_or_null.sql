create function calendar_private.minutes_or_null(value text) returns integer
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _words text := lower(calendar_private.text_or_null(value));
    _parts text[];
    _minutes numeric;
begin
    _words := regexp_replace(_words, '^(about|around|a) ', '');
    _minutes := case
        when _words in ('half an hour', 'half hour', 'half-hour') then 30
        when _words in ('quarter of an hour', 'quarter hour') then 15
        when _words = 'three quarters of an hour' then 45
        when _words in ('an hour and a half', 'hour and a half', 'one and a half hours', 'one hour and a half') then 90
        when _words in ('hour', 'an hour') then 60 end;
    if _minutes is null then
        _parts := regexp_match(_words, '^([0-9]{1,4}([.][0-9]{1,3})?|[a-z]+(?:[ -]five)?)? ?(h|hrs?|hours?|m|mins?|minutes?)?$');
        _minutes := case
            when _parts[1] ~ '^[0-9]' then _parts[1]::numeric
            else (array[1, 2, 3, 4, 5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90])[array_position(
                array['one', 'two', 'three', 'four', 'five', 'ten', 'fifteen', 'twenty', 'twenty five', 'thirty', 'forty',
                      'forty five', 'fifty', 'sixty', 'seventy five', 'ninety'], replace(_parts[1], '-', ' '))] end
            * case when _parts[3] ~ '^h' then 60 else 1 end;
    end if;
    return case when _minutes between 1 and 1440 and _minutes = trunc(_minutes) then _minutes::integer end;
end
$$;
comment on function calendar_private.minutes_or_null(text) is
    'A text as a duration in minutes, 1 to 1440, as language models and people write it: 45, "30 minutes", "an hour"; null for any other text';
