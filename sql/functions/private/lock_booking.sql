create function calendar_private.lock_booking(booking_id uuid) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_booking(booking_id);
begin
    -- Broker first, booking second, everywhere: no two callers can wait for each other.
    -- Only a transaction that changes bookings of several brokers can meet another halfway.
    begin
        perform from calendar.brokers as b where b.id = _booking.broker_id for no key update;
        select b.* into strict _booking from calendar.bookings as b where b.id = booking_id for no key update;
        return _booking;
    exception
        when no_data_found then
            raise exception 'booking_not_found' using errcode = 'PT404';
        when deadlock_detected then
            perform calendar_private.raise_came_first();
    end;
end
$$;
comment on function calendar_private.lock_booking(uuid) is
    'As find_booking, with the broker and the booking locked. A deadlock becomes 40001: the transaction can be run again.';
