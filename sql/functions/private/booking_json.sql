create function calendar_private.booking_json(booking calendar.booking) returns jsonb
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select to_jsonb(booking) || jsonb_build_object(
        'slot_start', calendar_private.json_instant(booking.slot_start),
        'slot_end', calendar_private.json_instant(booking.slot_end),
        'hold_expires_at', calendar_private.json_instant(booking.hold_expires_at),
        'declined_at', calendar_private.json_instant(booking.declined_at),
        'created_at', calendar_private.json_instant(booking.created_at),
        'updated_at', calendar_private.json_instant(booking.updated_at))
$$;
comment on function calendar_private.booking_json(calendar.booking) is
    'A booking as the functions that answer with JSON return it: the fields of calendar.booking, with instants in UTC';
