create function calendar.create_booking_link(booking_id uuid) returns text
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_booking(booking_id);
begin
    return calendar_private.make_booking_link(_booking.broker_id, _booking.id);
end
$$;
comment on function calendar.create_booking_link(uuid) is
$$Creates a secret token with which its lead sees, moves and cancels a booking (get_own_booking, reschedule_own_booking, cancel_own_booking), and returns it. It is stored nowhere and cannot be shown again. It is valid until the booking has been over for a day.

booking_id: the booking.

Errors: PT404 booking_not_found, also for anyone but the broker and calendar_service; 22023.$$;
