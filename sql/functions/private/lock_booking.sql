create function calendar_private.lock_booking(booking_id uuid) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings;
begin
    if booking_id is null then
        raise exception 'booking_id must not be null' using errcode = '22023';
    end if;
    select b.* into _booking from calendar.bookings as b where b.id = booking_id;
    -- A stranger must not learn which bookings exist.
    if not found or coalesce(calendar_private.caller_access(_booking.broker_id), 'public') = 'public' then
        raise exception 'booking_not_found' using errcode = 'PT404';
    end if;
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
    'The booking, with its broker and itself locked, for the broker and calendar_service. PT404 booking_not_found for anyone else and where there is none.';
