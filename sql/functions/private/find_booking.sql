create function calendar_private.find_booking(booking_id uuid) returns calendar.bookings
    language plpgsql stable
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
    return _booking;
end
$$;
comment on function calendar_private.find_booking(uuid) is
    'Returns a booking, if the caller is its broker or calendar_service. Raises PT404 booking_not_found for any other caller, and if there is no such booking.';
