create function calendar_private.release_lapsed_holds(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    global_lead_id text
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _lapsed uuid[] := array(
        select r.id
          from calendar_private.related_bookings(broker_id, slot_start, slot_end, null, global_lead_id) as r
         where r.status = 'held' and r.hold_expires_at <= _now);
begin
    if _lapsed <> '{}' then
        -- Another broker's may have been confirmed meanwhile: its broker is not locked here.
        update calendar.bookings as b
           set status = 'cancelled', cancel_reason = 'hold_expired'
         where b.id = any (_lapsed) and b.status = 'held' and b.hold_expires_at <= _now;
    end if;
end
$$;
comment on function calendar_private.release_lapsed_holds(uuid, timestamptz, timestamptz, text) is
    'Ends the lapsed holds that are in the way of a booking. No rule counts them as an obstacle; only the constraints, which know no clock, still would.';
