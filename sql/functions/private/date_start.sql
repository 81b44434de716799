create function calendar_private.date_start(date date, timezone text) returns timestamptz
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_date_start_wrapper';
comment on function calendar_private.date_start(date, text) is
    'The UTC instant at which a local date begins in an IANA zone, by RFC 5545 section 3.3.5. Error 22023 for an unknown zone.';
