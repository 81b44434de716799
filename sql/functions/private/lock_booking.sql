create function calendar_private.lock_booking(booking_id uuid, access text default null) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings;
begin
    if access is null then
        _booking := calendar_private.find_booking(booking_id);
    else
        select b.* into _booking from calendar.bookings as b where b.id = booking_id;
    end if;
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
comment on function calendar_private.lock_booking(uuid, text) is
    'As find_booking, or without a look at the session''s role where access says what the caller may do, with the broker and the booking locked. A deadlock becomes 40001: the transaction can be run again.';
