create function calendar_private.move_booking(
    booking_id uuid,
    slot_start timestamptz,
    slot_end timestamptz default null,
    duration_minutes integer default null,
    access text default null
) returns calendar.booking
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _booking calendar.bookings := calendar_private.lock_booking(booking_id, access);
    -- Only the service may learn that a lead is busy with another broker: a booking that its
    -- own broker moves is no longer held to that.
    _global_lead_id text := case
        when coalesce(access, calendar_private.caller_access(_booking.broker_id)) = 'service' then _booking.global_lead_id end;
    -- What staff booked outside the hours, its lead moves within them.
    _outside_hours boolean := _booking.outside_hours and access is distinct from 'public';
    _type calendar.meeting_types;
    _end timestamptz;
    _reason text;
    _constraint text;
begin
    perform calendar_private.check_instant('slot_start', slot_start);
    _end := coalesce(
        calendar_private.end_of_slot(slot_start, slot_end, duration_minutes),
        slot_start + (_booking.slot_end - _booking.slot_start));
    if _booking.meeting_type_id is not null then
        select t.* into _type from calendar.meeting_types as t where t.id = _booking.meeting_type_id;
        perform calendar_private.check_instant('slot_end', _end);
        if _end - slot_start <> _booking.slot_end - _booking.slot_start then
            perform calendar_private.check_duration(_type.durations, slot_start, _end);
        end if;
    end if;
    if _booking.status not in ('held', 'pending', 'confirmed')
       or _booking.status = 'held' and _booking.hold_expires_at <= _now then
        perform calendar_private.raise_wrong_state(_booking, 'held, pending or confirmed');
    elsif (_booking.slot_start, _booking.slot_end) = (slot_start, _end) then
        return calendar_private.shown_booking(_booking);
    elsif exists (select from calendar_private.related_bookings(
                             _booking.broker_id, slot_start, _end, null, _global_lead_id) as r
                   where r.broker_id <> _booking.broker_id
                     and (r.status <> 'held' or r.hold_expires_at > _now)) then
        _reason := 'lead_busy';
    else
        _reason := calendar_private.slot_verdict(
            _booking.broker_id, slot_start, _end, _outside_hours, _booking.id, _booking.meeting_type_id);
    end if;

    if _reason is null then
        begin
            perform calendar_private.release_lapsed_holds(
                _booking.broker_id, slot_start, _end, _global_lead_id);
            update calendar.bookings as b
               set slot_start = move_booking.slot_start, slot_end = _end,
                   buffer_before_minutes = coalesce(_type.buffer_before_minutes, r.buffer_before_minutes),
                   buffer_after_minutes = coalesce(_type.buffer_after_minutes, r.buffer_after_minutes),
                   global_lead_id = _global_lead_id
              from calendar.brokers as r
             where b.id = booking_id and r.id = b.broker_id
            returning b.* into _booking;
            return calendar_private.shown_booking(_booking);
        exception
            when exclusion_violation or unique_violation or deadlock_detected then
                get stacked diagnostics _constraint = constraint_name;
                _reason := calendar_private.conflict_reason(
                    sqlstate, _constraint, _booking.broker_id, slot_start, _end, _outside_hours, _booking.id,
                    _booking.meeting_type_id);
                if _reason is null then
                    raise;
                end if;
        end;
    end if;
    perform calendar_private.raise_slot_unavailable(
        _reason, _booking.broker_id, slot_start, _end, _booking.meeting_type_id, _global_lead_id);
end
$$;
comment on function calendar_private.move_booking(uuid, timestamptz, timestamptz, integer, text) is
    'As calendar.reschedule_booking. access: what the caller may do with the broker, owner, service, or public for one that has the booking''s token; null = what the session''s role may';
