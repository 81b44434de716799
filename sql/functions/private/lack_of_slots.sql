create function calendar_private.lack_of_slots(
    broker_id uuid,
    window_start timestamptz,
    window_end timestamptz,
    duration_minutes integer,
    meeting_type uuid
) returns text
    language c stable
    as 'MODULE_PATHNAME', 'calendar_lack_of_slots_wrapper';
comment on function calendar_private.lack_of_slots(uuid, timestamptz, timestamptz, integer, uuid) is
    'Why a window has no slot of a length (the broker''s slot_duration_minutes where it is null), by the rules of a meeting type where its id is given: disabled, horizon (it lies outside of what can be booked now), closed, not_synced or full; null where it has one';
