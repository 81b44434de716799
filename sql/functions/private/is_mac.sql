create function calendar_private.is_mac(key bytea, message text, mac text) returns boolean
    language c immutable strict
    as 'MODULE_PATHNAME', 'calendar_is_mac_wrapper';
comment on function calendar_private.is_mac(bytea, text, text) is
    'Whether a text''s HMAC-SHA256 is this one, in hexadecimal digits; key is what mac_key made of the secret';
