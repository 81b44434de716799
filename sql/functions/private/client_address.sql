create function calendar_private.client_address() returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
return nullif(trim(split_part(
    nullif(current_setting('request.headers', true), '')::jsonb ->> coalesce(
        nullif(current_setting('calendar.client_address_header', true), ''), 'x-forwarded-for'),
    ',', -1)), '');
comment on function calendar_private.client_address() is
    'The address that a request came from, as the proxy before PostgREST has added it last to the header that calendar.client_address_header names; null where there is none';
