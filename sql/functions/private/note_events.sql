create function calendar_private.note_events(
    calendar_id uuid,
    broker_id uuid,
    bookings uuid[],
    asked_at timestamptz
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.lock_broker(broker_id);
    -- A booking that changed before the lock was held has left out what was being written here.
    update calendar.events as e
       set booking_id = e.booking_id
      from calendar.bookings as b
     where e.booking_id = any (bookings) and e.calendar_id = note_events.calendar_id and b.id = e.booking_id
       and case when b.status in ('pending', 'confirmed', 'completed', 'no_show')
                then (e.spared_from, e.spared_until) is distinct from (b.slot_start, b.slot_end)
                else true end;
    perform calendar_private.follow_events(
        note_events.broker_id,
        array(select distinct m.booking_id
                from calendar.event_mappings as m
               where m.booking_id = any (bookings) and m.calendar_id = note_events.calendar_id),
        asked_at);
end
$$;
comment on function calendar_private.note_events(uuid, uuid, uuid[], timestamptz) is
    'What the changed events of bookings in a calendar mean for the bookings: these follow their own events, and copies change none. asked_at: when the provider was asked.';
