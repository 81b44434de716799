create function calendar_private.write_bookings_again() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking_id uuid;
begin
    perform calendar_private.lock_calendars(array(select c.id from calendar.calendars as c where c.account_id = new.id));
    perform calendar_private.lock_broker(new.broker_id);
    for _booking_id in
        insert into calendar.outbox (broker_id, booking_id, calendar_id, operation)
        select b.broker_id, b.id, b.calendar_id,
               case when b.status in ('cancelled', 'failed') then 'delete' else 'update' end
          from calendar.bookings as b
         where b.broker_id = new.broker_id
           and b.slot_end > calendar_private.current_instant()
               -- So long is tried to delete the event of one that ended: it may have been moved.
               - case when b.status in ('cancelled', 'failed') then interval '1 day' else interval '0' end
           and case when b.status in ('pending', 'confirmed') then
                        (select t.account_id from calendar_private.push_target(b.id) as t) = new.id
                    when b.status in ('cancelled', 'failed') then
                        exists (select from calendar.calendars as c
                                 where c.account_id = new.id
                                   and (exists (select from calendar.event_mappings as m
                                                 where m.booking_id = b.id and m.calendar_id = c.id)
                                        -- An attempt without an answer may have written the event.
                                        or exists (select from calendar.outbox as o
                                                    where o.booking_id = b.id and o.calendar_id = c.id
                                                      and o.attempts > 0))) end
        returning booking_id
    loop
        perform calendar_private.wake_agents(_booking_id);
    end loop;
    perform calendar_private.queue_obligations(new.broker_id, null, c.id, 500)
       from calendar.calendars as c where c.account_id = new.id;
    return null;
end
$$;
comment on function calendar_private.write_bookings_again() is
    'Trigger: when an account is connected again, what changed meanwhile is written: its bookings to come take over their events, and those of ended bookings, also those that an attempt without an answer may have written, are deleted; likewise the broker''s deadlines';
