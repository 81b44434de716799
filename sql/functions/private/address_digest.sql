create function calendar_private.address_digest() returns bytea
    language sql stable
    set search_path = pg_catalog, pg_temp
return sha256(convert_to(calendar_private.client_address(), 'UTF8'));
comment on function calendar_private.address_digest() is
    'SHA-256 of the address that a request came from; null where it is unknown';
