create function calendar_private.uuid_or_null(value text) returns uuid
    language sql immutable
    set search_path = pg_catalog, pg_temp
return case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then value::uuid end;
comment on function calendar_private.uuid_or_null(text) is 'A text as a UUID; null for any other text';
