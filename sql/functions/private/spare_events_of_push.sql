create function calendar_private.spare_events_of_push() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _events uuid[];
begin
    if exists (select from calendar.bookings as b where b.id = new.booking_id and b.status in ('cancelled', 'failed')) then
        _events := calendar_private.lock_events_of_bookings(array[new.booking_id]);
        update calendar.events as e set booking_id = e.booking_id where e.id = any (_events);
    end if;
    return null;
end
$$;
comment on function calendar_private.spare_events_of_push() is
    'Trigger: an event whose deletion by us was due takes time again where it is not due any more';
