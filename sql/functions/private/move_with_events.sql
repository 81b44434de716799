create function calendar_private.move_with_events(broker_id uuid, bookings uuid[], slots tstzrange[]) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _last bigint := coalesce((select max(o.id) from calendar.outbox as o where o.booking_id = any (bookings)), 0);
begin
    -- A hold that is not yet a booking gives way.
    update calendar.bookings as b
       set status = 'cancelled', cancel_reason = 'hold_expired'
      from unnest(slots) as w (slot)
     where b.broker_id = move_with_events.broker_id and b.status = 'held'
       and tstzrange(b.slot_start, b.slot_end) && w.slot;
    -- Two that were swapped overlap in between.
    set constraints calendar.bookings_no_overlap deferred;
    update calendar.bookings as b
       set slot_start = lower(w.slot), slot_end = upper(w.slot),
           -- As in reschedule_booking, its broker moved it.
           global_lead_id = null,
           problem = case when b.problem = m.problem then null else b.problem end
      from unnest(bookings, slots) as w (id, slot)
      join calendar.event_mappings as m on m.booking_id = w.id
     where b.id = w.id;
    set constraints calendar.bookings_no_overlap immediate;
    update calendar.event_mappings as m
       set problem = null,
           written = m.written || jsonb_build_object('start', lower(w.slot), 'end', upper(w.slot))
      from unnest(bookings, slots) as w (id, slot)
     where m.booking_id = w.id;
    -- The provider knows already.
    update calendar.outbox as o set done_at = calendar_private.current_instant()
     where o.booking_id = any (bookings) and o.id > _last and o.done_at is null;
    -- A write that is under way was made for the time before: it is leased again.
    update calendar.outbox as o
       set lease_id = null, leased_at = null, leased_until = null
     where o.booking_id = any (bookings) and o.done_at is null and o.lease_id is not null and o.operation <> 'look';
end
$$;
comment on function calendar_private.move_with_events(uuid, uuid[], tstzrange[]) is
    'Moves bookings of a broker to the times to which their events were moved, all at once';
