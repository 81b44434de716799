create function calendar.booking_ics(booking_id uuid, method text default 'REQUEST') returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_booking(booking_id);
    _gone boolean := _booking.status in ('cancelled', 'failed');
    _broker calendar.brokers;
begin
    if method is null or method not in ('REQUEST', 'CANCEL', 'PUBLISH') then
        raise exception 'method must be REQUEST, CANCEL or PUBLISH' using errcode = '22023';
    elsif method = 'REQUEST' and _gone then
        raise exception 'method must be CANCEL or PUBLISH for a % booking', _booking.status using errcode = '22023';
    elsif method = 'CANCEL' and not _gone then
        raise exception 'method must be REQUEST or PUBLISH for a % booking', _booking.status using errcode = '22023';
    end if;
    select b.* into _broker from calendar.brokers as b where b.id = _booking.broker_id;
    return calendar_private.write_ics(jsonb_build_object(
        'method', method,
        'components', jsonb_build_array(jsonb_build_object(
            'uid', calendar_private.booking_uid(_booking.id), 'sequence', _booking.sequence,
            'stamp', calendar_private.current_instant(), 'last_modified', _booking.updated_at,
            'starts_at', _booking.slot_start, 'ends_at', _booking.slot_end,
            'title', coalesce(_booking.title, 'Meeting with ' || _broker.name),
            'description', _booking.notes, 'url', _booking.meeting_link,
            'status', case when _gone then 'cancelled'
                           when _booking.status in ('held', 'pending') then 'tentative'
                           else 'confirmed' end,
            'transparency', 'opaque',
            'organizer', case when _broker.email is not null then
                jsonb_build_object('name', _broker.name, 'email', _broker.email) end,
            'attendee', case when _booking.lead_email is not null then
                jsonb_build_object('name', _booking.lead_name, 'email', _booking.lead_email) end)))::text);
end
$$;
comment on function calendar.booking_ics(uuid, text) is
$$A booking as an iTIP message (RFC 5546) to mail to the lead: the broker is the ORGANIZER and the lead the ATTENDEE, where their e-mail addresses are known. The UID stays the same and SEQUENCE rises with each change of time or status.

booking_id: the booking. method: REQUEST invites; CANCEL withdraws, for a cancelled or failed booking; PUBLISH informs.

Errors: PT404 booking_not_found, also for anyone but the broker and calendar_service; 22023 for another method, or one that the booking's status does not allow.$$;
