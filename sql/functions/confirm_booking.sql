create function calendar.confirm_booking(booking_id uuid) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _booking calendar.bookings := calendar_private.lock_booking(booking_id);
    _reason text;
    _constraint text;
    -- As in reschedule_booking. A hold that still is one keeps what it has.
    _global_lead_id text := case
        when _booking.status <> 'cancelled' or calendar_private.caller_access(_booking.broker_id) = 'service'
        then _booking.global_lead_id end;
begin
    if _booking.status = 'confirmed' then
        return calendar_private.shown_booking(_booking);
    elsif _booking.status = 'held' and _booking.hold_expires_at <= _now
       or _booking.status = 'cancelled' and _booking.cancel_reason = 'hold_expired' then
        -- Whether somebody has swept the lapsed hold away makes no difference.
        _reason := calendar_private.slot_verdict(
            _booking.broker_id, _booking.slot_start, _booking.slot_end, _booking.outside_hours, _booking.id,
            _booking.meeting_type_id);
    elsif _booking.status not in ('held', 'pending') then
        perform calendar_private.raise_wrong_state(_booking, 'held or pending');
    end if;

    if _reason is null then
        begin
            perform calendar_private.release_lapsed_holds(
                _booking.broker_id, _booking.slot_start, _booking.slot_end, _global_lead_id);
            update calendar.bookings as b
               set status = 'confirmed', hold_expires_at = null, cancel_reason = null,
                   global_lead_id = _global_lead_id,
                   confirmed_at = coalesce(b.confirmed_at, _now)
             where b.id = booking_id
            returning b.* into _booking;
            return calendar_private.shown_booking(_booking);
        exception
            when exclusion_violation or unique_violation or deadlock_detected then
                get stacked diagnostics _constraint = constraint_name;
                _reason := calendar_private.conflict_reason(
                    sqlstate, _constraint, _booking.broker_id, _booking.slot_start, _booking.slot_end, _booking.outside_hours, _booking.id,
                    _booking.meeting_type_id);
                if _reason is null then
                    raise;
                end if;
        end;
    end if;
    perform calendar_private.raise_slot_unavailable(
        _reason, _booking.broker_id, _booking.slot_start, _booking.slot_end, _booking.meeting_type_id,
        _global_lead_id);
end
$$;
comment on function calendar.confirm_booking(uuid) is
$$Confirms a held or pending booking and returns it. A hold that has lapsed is confirmed if its slot can still be booked. Confirming twice changes nothing.

booking_id: the booking.

Errors: PT404 booking_not_found; PT409 wrong_state for a cancelled, failed, completed or missed booking; PT409 slot_unavailable as of book_calendar_slot.$$;
