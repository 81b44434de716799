create function calendar_private.lock_booking(booking_id uuid) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_booking(booking_id);
begin
    -- Broker first, booking second, everywhere: no two callers can wait for each other.
    perform from calendar.brokers as b where b.id = _booking.broker_id for no key update;
    select b.* into _booking from calendar.bookings as b where b.id = booking_id for update;
    if not found then
        raise exception 'booking_not_found' using errcode = 'PT404';
    end if;
    return _booking;
end
$$;
comment on function calendar_private.lock_booking(uuid) is
    'As find_booking, with the broker and the booking locked';
