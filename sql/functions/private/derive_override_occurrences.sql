create function calendar_private.derive_override_occurrences(
    broker_id uuid,
    only_override uuid,
    range_start timestamptz,
    range_end timestamptz
) returns table (override_id uuid, kind text, starts_at timestamptz, ends_at timestamptz)
    language c stable
    as 'MODULE_PATHNAME', 'calendar_derive_override_occurrences_wrapper';
comment on function calendar_private.derive_override_occurrences(uuid, uuid, timestamptz, timestamptz) is
    'When a broker''s overrides apply within a range: the given one, or all where that is null';
