create function calendar_private.shown_booking(booking calendar.bookings, timezone text default null) returns calendar.booking
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return row(
        booking.id,
        booking.broker_id,
        booking.status,
        booking.slot_start,
        booking.slot_end,
        coalesce(timezone, calendar_private.broker_timezone(booking.broker_id)),
        booking.title,
        booking.notes,
        booking.lead_id,
        booking.lead_name,
        booking.lead_email,
        booking.lead_phone,
        booking.lead_timezone,
        booking.hold_expires_at,
        booking.meeting_link,
        booking.cancel_reason,
        booking.created_by,
        booking.idempotency_key,
        booking.problem,
        booking.declined_at,
        booking.created_at,
        booking.updated_at,
        booking.meeting_type_id,
        booking.answers,
        booking.lead_locale
    )::calendar.booking;
end
$$;
comment on function calendar_private.shown_booking(calendar.bookings, text) is
    'A booking as callers see it; timezone is its broker''s, and read where it is null';
