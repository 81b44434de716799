create function calendar_private.quiet_end(instant timestamptz, timezone text, notify jsonb) returns timestamptz
    language c stable strict
    as 'MODULE_PATHNAME', 'calendar_quiet_end_wrapper';
comment on function calendar_private.quiet_end(timestamptz, text, jsonb) is
    'When the quiet hours of brokers.notify that this instant is in end, read in an IANA zone; null where it is not in them';
