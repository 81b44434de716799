create function calendar_private.check_booking(booking calendar.bookings) returns boolean
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return (booking.status in ('held', 'pending', 'confirmed', 'cancelled', 'completed', 'no_show', 'failed')
            or calendar_private.refuse(
                'status', booking.status, 'held, pending, confirmed, cancelled, completed, no_show or failed'))
       and (booking.buffer_before_minutes between 0 and 1440
            or calendar_private.refuse(
                'buffer_before_minutes', booking.buffer_before_minutes::text, 'from 0 to 1440'))
       and (booking.buffer_after_minutes between 0 and 1440
            or calendar_private.refuse(
                'buffer_after_minutes', booking.buffer_after_minutes::text, 'from 0 to 1440'))
       and (booking.lead_timezone is null
            or calendar_private.is_timezone(booking.lead_timezone)
            or calendar_private.refuse(
                'lead_timezone', booking.lead_timezone, 'an IANA time zone such as America/New_York'))
       and (booking.lead_locale is null
            or calendar_private.is_locale(booking.lead_locale)
            or calendar_private.refuse('lead_locale', booking.lead_locale, 'a language tag such as en or fr-CA'))
       and (booking.meeting_link is null
            or calendar_private.is_web_address(booking.meeting_link)
            or calendar_private.refuse(
                'meeting_link', booking.meeting_link, 'an http or https address of at most 2000 characters'))
       and (booking.title is null or length(booking.title) <= 500
            or calendar_private.refuse('title', booking.title, 'of at most 500 characters'))
       and (booking.notes is null or length(booking.notes) <= 10000
            or calendar_private.refuse('notes', booking.notes, 'of at most 10000 characters'))
       and (booking.slot_start < booking.slot_end and booking.slot_end <= booking.slot_start + interval '24 hours'
            or calendar_private.refuse(
                'slot_end', booking.slot_start || ' to ' || booking.slot_end, 'after slot_start by at most 24 hours'))
       and (booking.status <> 'held' or booking.hold_expires_at is not null
            or calendar_private.refuse('hold_expires_at', 'null', 'set for a booking that is held'))
       and ((booking.idempotency_key is null) = (booking.request_digest is null)
            or calendar_private.refuse(
                'request_digest', coalesce(booking.request_digest, 'null'), 'set exactly where idempotency_key is'));
end
$$;
comment on function calendar_private.check_booking(calendar.bookings) is
    'Whether the values of a booking are allowed; raises 23514 for one that is not, as refuse() does';

-- PostgreSQL reads and plans a constraint for each statement that writes: a constraint for each rule took
-- a fifth of the time of a booking, and the plan of a function is kept.
alter table calendar.bookings add constraint bookings_check check (calendar_private.check_booking(bookings));
