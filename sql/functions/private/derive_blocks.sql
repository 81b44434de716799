create function calendar_private.derive_blocks(
    calendar_id uuid,
    external_event_ids text[],
    range_start timestamptz,
    range_end timestamptz
) returns table (event_id uuid, starts_at timestamptz, ends_at timestamptz, problem text)
    language c stable
    as 'MODULE_PATHNAME', 'calendar_derive_blocks';
comment on function calendar_private.derive_blocks(uuid, text[], timestamptz, timestamptz) is
    'When events of a calendar take time within a range, by its policy: those of the given ids, or all where that is null. An event that cannot be expanded gives one row with the problem.';
