create function calendar_private.spare_events_of_push() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.events as e
       set booking_id = e.booking_id
     where exists (select from calendar.bookings as b
                    where b.id = new.booking_id and b.status in ('cancelled', 'failed'))
       -- A pull that writes one of them now does it before it ends.
       and e.id = any (array(select l.id from calendar.events as l
                               join calendar.calendars as c on c.id = l.calendar_id
                              where l.booking_id = new.booking_id
                                for no key update of l skip locked for key share of c skip locked));
    return null;
end
$$;
comment on function calendar_private.spare_events_of_push() is
    'Trigger: an event whose deletion by us was due takes time again where it is not due any more';
