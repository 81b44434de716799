create function calendar_private.is_lapsed_hold(booking calendar.bookings) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
-- Not "return": it would keep the table's row type from changing.
as $$
    select booking.status = 'held' and booking.hold_expires_at <= calendar_private.current_instant()
        or booking.status = 'cancelled' and booking.cancel_reason is not distinct from 'hold_expired'
$$;
comment on function calendar_private.is_lapsed_hold(calendar.bookings) is
    'Whether a booking is a hold that has lapsed, whether or not its time has been given away';
