create function calendar_private.slot_obstacles(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    meeting_type uuid
) returns table (reason text, source text, source_id uuid)
    language c stable rows 5
    as 'MODULE_PATHNAME', 'calendar_slot_obstacles_wrapper';
comment on function calendar_private.slot_obstacles(uuid, timestamptz, timestamptz, uuid) is
    'Every reason against a slot, and each event, booking, override or calendar behind it, by the rules of a meeting type where its id is given';
