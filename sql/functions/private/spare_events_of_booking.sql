create function calendar_private.spare_events_of_booking() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _events uuid[];
    _may_be_own boolean;
begin
    -- The functions have the lock already. Who changes a booking without them has the booking, so it
    -- must not wait for one who has the broker and waits for the booking.
    perform calendar_private.lock_for_change(new.id, new.broker_id);
    -- While the own event is searched for, what another calendar shows may be that event.
    _may_be_own := exists (select from calendar.outbox as o
                            where o.booking_id = new.id and o.operation = 'look' and o.done_at is null);
    _events := calendar_private.lock_events_of_bookings(array[new.id]);
    update calendar.events as e
       set behind_from = case when l.is_behind then old.slot_start else e.behind_from end,
           behind_until = case when l.is_behind then old.slot_end else e.behind_until end,
           behind_expires_at = case when l.is_behind then _now + interval '24 hours' else e.behind_expires_at end
      from (select c.id, not _may_be_own and old.status in ('pending', 'confirmed')
                         and c.starts_at < old.slot_end and c.ends_at > old.slot_start
                         -- Providers leave an event its id where its user moves it to another calendar.
                         and not exists (select from calendar.event_mappings as m
                                          where m.booking_id = new.id
                                            and m.external_event_id = c.external_event_id) as is_behind
              from calendar.events as c
             where c.id = any (_events)) as l
     where e.id = l.id;
    if old.status in ('pending', 'confirmed')
       and exists (select from calendar.event_mappings as m
                     join calendar.bookings as b on b.id = m.booking_id
                    where m.problem is not null and b.broker_id = new.broker_id)
    then
        perform calendar_private.follow_events(new.broker_id, '{}', null);
    end if;
    return null;
end
$$;
comment on function calendar_private.spare_events_of_booking() is
    'Trigger: after a booking was moved or ended, its events take the time that it does not, copies only once they are no longer merely behind it; and bookings whose events were moved to the time that is free now follow them. A deadlock becomes 40001: the transaction can be run again.';
