create function calendar_private.utc_offset(timezone text, at timestamptz) returns integer
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_utc_offset_wrapper';
comment on function calendar_private.utc_offset(text, timestamptz) is
    'Seconds that an IANA zone is ahead of UTC at an instant, by the engine''s zone data. Error 22023 for an unknown zone.';
