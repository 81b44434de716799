create function calendar_private.end_behind() returns void
    language sql volatile
begin atomic
    -- The trigger spare_event() does it. Calendars that another transaction writes to are left for later.
    update calendar.events as e
       set booking_id = e.booking_id
     where e.id = any (array(
               select l.id
                 from calendar.events as l
                 join calendar.calendars as c on c.id = l.calendar_id
                where l.behind_expires_at <= calendar_private.current_instant()
                  -- The calendar first, as in lock_events_of_bookings().
                  for no key update of c skip locked for no key update of l skip locked));
end;
comment on function calendar_private.end_behind() is
    'Lets copies of events take their time that have not changed for 24 hours after their booking was moved or cancelled';
