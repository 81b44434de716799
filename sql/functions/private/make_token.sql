create function calendar_private.make_token() returns text
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    select encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex')
$$;
comment on function calendar_private.make_token() is
    'A new secret token: 32 random bytes in hexadecimal, of which only the digest may be stored';
