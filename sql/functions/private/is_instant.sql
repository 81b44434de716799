create function calendar_private.is_instant(value text) returns boolean
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_is_instant_wrapper';
comment on function calendar_private.is_instant(text) is
    'Whether a text is an ISO 8601 instant with an offset, within years 1 to 9999';
