create function calendar.booking_ics(booking_id uuid, method text default 'REQUEST') returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_booking(booking_id);
    _gone boolean := _booking.status in ('cancelled', 'failed');
begin
    method := coalesce(calendar_private.text_or_null(method), 'REQUEST');
    if method not in ('REQUEST', 'CANCEL', 'PUBLISH') then
        raise exception 'method must be REQUEST, CANCEL or PUBLISH, not %', calendar_private.quoted(method)
            using errcode = '22023';
    elsif method = 'REQUEST' and _gone then
        raise exception 'method must be CANCEL or PUBLISH for a % booking', _booking.status using errcode = '22023';
    elsif method = 'CANCEL' and not _gone then
        raise exception 'method must be REQUEST or PUBLISH for a % booking', _booking.status using errcode = '22023';
    end if;
    return calendar_private.booking_message(_booking, method);
end
$$;
comment on function calendar.booking_ics(uuid, text) is
$$A booking as an iTIP message (RFC 5546) to mail to the lead: the broker is the ORGANIZER and the lead the ATTENDEE, where their e-mail addresses are known. The UID stays the same and SEQUENCE rises with each change of time or status.

booking_id: the booking. method: REQUEST invites; CANCEL withdraws, for a cancelled or failed booking; PUBLISH informs.

Errors: PT404 booking_not_found, also for anyone but the broker and calendar_service; 22023 for another method, or one that the booking's status does not allow.$$;
grant execute on function calendar.booking_ics(uuid, text) to calendar_agent;
