create function calendar_private.booking_in_message(
    booking calendar.bookings,
    meeting_type calendar.meeting_types,
    recipient text
) returns jsonb
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    -- Quoted: a body that PostgreSQL parses would keep the table from getting a column.
    select jsonb_build_object(
        'id', booking.id,
        'status', booking.status,
        'start', calendar_private.json_instant(booking.slot_start),
        'end', calendar_private.json_instant(booking.slot_end),
        'duration_minutes', (extract(epoch from booking.slot_end - booking.slot_start) / 60)::integer,
        'title', coalesce(case when booking.is_public then calendar_private.plain_text(booking.title) else booking.title end,
                          meeting_type.name),
        -- A stranger could let us write to anyone else.
        'notes', case when booking.is_public and recipient = 'lead' then null
                      when booking.is_public then calendar_private.plain_text(booking.notes) else booking.notes end,
        'answers', case when booking.is_public and recipient = 'lead' then null else booking.answers end,
        'meeting_type', meeting_type.name,
        'location_kind', meeting_type.location_kind,
        'location', meeting_type.location,
        'meeting_link', booking.meeting_link,
        'cancel_reason', case when booking.is_public then calendar_private.plain_text(booking.cancel_reason) else booking.cancel_reason end,
        'is_declined', booking.declined_at is not null,
        'sequence', booking.sequence,
        'is_public', booking.is_public,
        'created_by', booking.created_by,
        'created_at', calendar_private.json_instant(booking.created_at));
$$;
comment on function calendar_private.booking_in_message(calendar.bookings, calendar.meeting_types, text) is
    'A booking as lease_notifications returns it in a message to lead, broker or operator';
