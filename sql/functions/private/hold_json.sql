create function calendar_private.hold_json(
    token text,
    booking_id uuid,
    hold_expires_at timestamptz,
    slot_start timestamptz,
    slot_end timestamptz
) returns jsonb
    language sql immutable
    set search_path = pg_catalog, pg_temp
return jsonb_build_object(
    'token', token, 'booking', booking_id,
    'hold_expires_at', calendar_private.json_instant(hold_expires_at),
    'slot_start', calendar_private.json_instant(slot_start),
    'slot_end', calendar_private.json_instant(slot_end));
comment on function calendar_private.hold_json(text, uuid, timestamptz, timestamptz, timestamptz) is
    'A visitor''s hold, as hold_slot and extend_hold return it';
