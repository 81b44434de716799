create function calendar_private.nearest_slots(
    broker_id uuid,
    wanted_start timestamptz,
    wanted_end timestamptz
) returns table (slot_start timestamptz, slot_end timestamptz)
    language c volatile rows 3
    as 'MODULE_PATHNAME', 'calendar_nearest_slots_wrapper';
comment on function calendar_private.nearest_slots(uuid, timestamptz, timestamptz) is
    'The at most three slots of the same length (the broker''s own, where wanted_end is null) nearest to a slot, within a week of it, that are free at this moment, whatever the isolation level; nearest first';
