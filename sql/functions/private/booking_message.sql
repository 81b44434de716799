create function calendar_private.booking_message(booking calendar.bookings, method text) returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _broker calendar.brokers;
begin
    select b.* into _broker from calendar.brokers as b where b.id = booking.broker_id;
    return calendar_private.write_ics(jsonb_build_object(
        'method', method,
        'components', jsonb_build_array(jsonb_build_object(
            'uid', calendar_private.booking_uid(booking.id), 'sequence', booking.sequence,
            'stamp', calendar_private.current_instant(), 'last_modified', booking.updated_at,
            'starts_at', booking.slot_start, 'ends_at', booking.slot_end,
            'title', coalesce(booking.title, 'Meeting with ' || _broker.name),
            'description', booking.notes, 'url', booking.meeting_link,
            'location', (select t.location from calendar.meeting_types as t where t.id = booking.meeting_type_id),
            'status', case when booking.status in ('cancelled', 'failed') then 'cancelled'
                           when booking.status in ('held', 'pending') then 'tentative'
                           else 'confirmed' end,
            'transparency', 'opaque',
            'organizer', case when _broker.email is not null then
                jsonb_build_object('name', _broker.name, 'email', _broker.email) end,
            'attendee', case when booking.lead_email is not null then
                jsonb_build_object('name', booking.lead_name, 'email', booking.lead_email) end)))::text);
end
$$;
comment on function calendar_private.booking_message(calendar.bookings, text) is
    'A booking as an iTIP message (RFC 5546) with this method';
