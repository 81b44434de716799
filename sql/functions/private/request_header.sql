create function calendar_private.request_header(name text, longest integer) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
return nullif(trim(right(
    nullif(current_setting('request.headers', true), '')::jsonb ->> name, longest)), '');
comment on function calendar_private.request_header(text, integer) is
    'A header of the HTTP request that PostgREST serves, by its name in small letters; of a longer value only the last characters. null where the request has no such header.';
