create function calendar_private.is_timezone(name text) returns boolean
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_is_timezone_wrapper';
comment on function calendar_private.is_timezone(text) is
    'Whether the engine knows an IANA zone of exactly this name';
