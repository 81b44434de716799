create function calendar_private.derive_blocks(
    calendar_id uuid,
    external_event_ids text[],
    range_start timestamptz,
    range_end timestamptz
) returns table (event_id uuid, starts_at timestamptz, ends_at timestamptz, problem text, is_merged boolean)
    language c stable
    as 'MODULE_PATHNAME', 'calendar_derive_blocks';
comment on function calendar_private.derive_blocks(uuid, text[], timestamptz, timestamptz) is
    'When events of a calendar take time within a range, by its policy: those of the given ids, or all where that is null. A row without times has the problem of an event: one that cannot be expanded takes all time from its first occurrence to its last. Or, with is_merged, that there are more blocks than max_blocks() returns: then each row is the time of several events.';
