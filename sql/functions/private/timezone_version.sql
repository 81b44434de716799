create function calendar_private.timezone_version() returns text
    language c immutable parallel safe
    as 'MODULE_PATHNAME', 'calendar_timezone_version_wrapper';
comment on function calendar_private.timezone_version() is
    'Release of the IANA time zone database that the engine holds, such as 2026a';
