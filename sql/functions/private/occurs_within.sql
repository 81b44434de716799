create function calendar_private.occurs_within(
    calendar_id uuid,
    external_event_id text,
    range_start timestamptz,
    range_end timestamptz
) returns boolean
    language c stable strict
    as 'MODULE_PATHNAME', 'calendar_occurs_within_wrapper';
comment on function calendar_private.occurs_within(uuid, text, timestamptz, timestamptz) is
    'Whether an event of a calendar, or any occurrence of it, lies within a range';
