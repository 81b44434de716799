create function calendar_private.mac_key(secret text) returns bytea
    language c immutable strict
    as 'MODULE_PATHNAME', 'calendar_mac_key_wrapper';
comment on function calendar_private.mac_key(text) is
    'What it takes to check codes made with a secret by HMAC-SHA256 (RFC 2104), and from which the secret cannot be had back';
