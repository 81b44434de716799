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
    'The booking, for its broker and calendar_service. PT404 booking_not_found for anyone else and where there is none.';
