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
begin
    update calendar.bookings as b
       set status = 'cancelled', cancel_reason = 'hold_expired'
     where b.broker_id = release_lapsed_holds.broker_id
       and b.slot_start > release_lapsed_holds.slot_start - interval '24 hours'
       and b.slot_start < release_lapsed_holds.slot_end
       and b.slot_end > release_lapsed_holds.slot_start
       and b.status = 'held' and b.hold_expires_at <= _now;
    update calendar.bookings as b
       set status = 'cancelled', cancel_reason = 'hold_expired'
     where b.lead_key = release_lapsed_holds.lead_key
       and b.slot_start = release_lapsed_holds.slot_start
       and b.status = 'held' and b.hold_expires_at <= _now;
end
$$;
comment on function calendar_private.release_lapsed_holds(uuid, timestamptz, timestamptz, text) is
    'Ends the lapsed holds that stand in the way of a booking. They are no obstacle by any rule; only the constraints, which know no clock, would still mind them.';
