create function calendar_private.release_lapsed_holds(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    lead_key text
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _lapsed uuid[] := array(
        select r.id
          from calendar_private.related_bookings(broker_id, slot_start, slot_end, null, lead_key) as r
         where r.status = 'held' and r.hold_expires_at <= _now);
begin
    if _lapsed <> '{}' then
        update calendar.bookings as b
           set status = 'cancelled', cancel_reason = 'hold_expired'
         where b.id = any (_lapsed);
    end if;
end
$$;
comment on function calendar_private.release_lapsed_holds(uuid, timestamptz, timestamptz, text) is
    'Ends the lapsed holds that stand in the way of a booking. They are no obstacle by any rule; only the constraints, which know no clock, would still mind them.';
