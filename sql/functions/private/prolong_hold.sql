create function calendar_private.prolong_hold(booking_id uuid, until timestamptz) returns calendar.bookings
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    update calendar.bookings as b
       set hold_expires_at = least(until, b.held_at + interval '60 minutes')
     where b.id = booking_id
    returning b.*
$$;
comment on function calendar_private.prolong_hold(uuid, timestamptz) is
    'Lets a visitor''s hold lapse at an instant, at the latest 60 minutes after it was made, and returns it';
