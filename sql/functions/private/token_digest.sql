create function calendar_private.token_digest(token text) returns bytea
    language sql immutable
    set search_path = pg_catalog, pg_temp
-- A long text is no token of ours, and not worth the work.
return sha256(convert_to(left(token, 200), 'UTF8'));
comment on function calendar_private.token_digest(text) is
    'What is stored of a secret token: its SHA-256';
