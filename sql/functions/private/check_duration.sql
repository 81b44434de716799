create function calendar_private.check_duration(durations integer[], slot_start timestamptz, slot_end timestamptz) returns void
    language c immutable strict
    as 'MODULE_PATHNAME', 'calendar_check_duration_wrapper';
comment on function calendar_private.check_duration(integer[], timestamptz, timestamptz) is
    'Raises 22023 where a meeting type of these lengths, in minutes, has none of a slot''s. Names those that it has.';
