create function calendar_private.own_booking_json(booking calendar.bookings) returns jsonb
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _until timestamptz := calendar_private.change_until(booking);
    _broker calendar.brokers;
    _type calendar.meeting_types;
begin
    select b.* into _broker from calendar.brokers as b where b.id = booking.broker_id;
    select t.* into _type from calendar.meeting_types as t where t.id = booking.meeting_type_id;
    return jsonb_build_object(
        'id', booking.id,
        'page', calendar_private.public_page(_broker, _type),
        'status', booking.status,
        'slot_start', calendar_private.json_instant(booking.slot_start),
        'slot_end', calendar_private.json_instant(booking.slot_end),
        'duration_minutes', (extract(epoch from booking.slot_end - booking.slot_start) / 60)::integer,
        'timezone', _broker.timezone,
        'broker_name', _broker.name,
        'meeting_type', _type.name,
        'location_kind', _type.location_kind,
        'location', _type.location,
        'meeting_link', booking.meeting_link,
        'lead_name', booking.lead_name,
        'lead_email', booking.lead_email,
        'lead_phone', booking.lead_phone,
        'lead_timezone', booking.lead_timezone,
        'lead_locale', booking.lead_locale,
        'notes', booking.notes,
        'answers', booking.answers,
        'cancel_reason', booking.cancel_reason,
        'is_declined', booking.declined_at is not null,
        'hold_expires_at', calendar_private.json_instant(booking.hold_expires_at),
        'can_change', booking.status in ('pending', 'confirmed') and calendar_private.current_instant() < _until,
        'change_until', calendar_private.json_instant(_until),
        'ics', case when booking.status in ('pending', 'confirmed', 'cancelled')
                    then calendar_private.booking_message(booking, 'PUBLISH') end);
end
$$;
comment on function calendar_private.own_booking_json(calendar.bookings) is
    'A booking as a visitor who has its token sees it';
