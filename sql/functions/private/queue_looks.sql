create function calendar_private.queue_looks(bookings uuid[]) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _events constant uuid[] := calendar_private.lock_events_of_bookings(bookings);
    _booking_id uuid;
begin
    -- What seemed to be a copy that is behind may be the event itself.
    update calendar.events as e
       set behind_from = null, behind_until = null, behind_expires_at = null
     where e.id = any (_events) and e.behind_from is not null;
    for _booking_id in
        insert into calendar.outbox (broker_id, booking_id, calendar_id, operation, next_attempt_at)
        select b.broker_id, b.id, b.calendar_id, 'look', greatest(_now, max(m.looked_at) + interval '5 minutes')
          from calendar.bookings as b
          join calendar.event_mappings as m on m.booking_id = b.id
         where b.id = any (bookings) and b.status in ('pending', 'confirmed') and b.slot_end > _now
           -- A write asks for the event, too. One that has begun may have asked too early.
           and not exists (select from calendar.outbox as o
                            where o.booking_id = b.id and o.done_at is null and o.lease_id is null)
         group by b.id
        returning booking_id
    loop
        perform calendar_private.wake_agents(_booking_id);
    end loop;
end
$$;
comment on function calendar_private.queue_looks(uuid[]) is
    'Has the own events of bookings asked for by their names, where a pull suggests that they are gone: nothing else proves it. At most every 5 minutes for one that was found.';
