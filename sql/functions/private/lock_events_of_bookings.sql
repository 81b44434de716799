create function calendar_private.lock_events_of_bookings(bookings uuid[]) returns uuid[]
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select e.id
          from calendar.events as e
          join calendar.calendars as c on c.id = e.calendar_id
         where e.booking_id = any (bookings)
           -- The calendar first: the transaction that has the calendar would skip an event that is locked without it.
           for key share of c skip locked
           for no key update of e skip locked);
end
$$;
comment on function calendar_private.lock_events_of_bookings(uuid[]) is
    'Locks the events of bookings that no other transaction writes, and returns their ids. A pull that writes one of the others spares it again before it ends; a calendar that is being deleted waits for its broker, so it is not waited for.';
