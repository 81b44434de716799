create function calendar_private.nearest_slots(
    broker_id uuid,
    wanted_start timestamptz,
    wanted_end timestamptz,
    meeting_type uuid,
    avoid timestamptz[]
) returns table (slot_start timestamptz, slot_end timestamptz)
    language c volatile rows 3
    as 'MODULE_PATHNAME', 'calendar_nearest_slots_wrapper';
comment on function calendar_private.nearest_slots(uuid, timestamptz, timestamptz, uuid, timestamptz[]) is
    'Up to three free slots nearest to a slot and of its length (the broker''s slot_duration_minutes where wanted_end is null), nearest first, by the rules of a meeting type where its id is given, none of which begins at an instant to avoid; read from the latest committed state at every isolation level';
