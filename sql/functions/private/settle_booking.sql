create function calendar_private.settle_booking(
    booking calendar.bookings,
    status text,
    global_lead_id text
) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _booking calendar.bookings;
    _reason text;
    _constraint text;
begin
    -- Whether a lapsed hold has been swept away makes no difference.
    if calendar_private.is_lapsed_hold(booking) then
        _reason := calendar_private.slot_verdict(
            booking.broker_id, booking.slot_start, booking.slot_end, booking.outside_hours, booking.id,
            booking.meeting_type_id);
    end if;
    if _reason is null then
        begin
            perform calendar_private.release_lapsed_holds(
                booking.broker_id, booking.slot_start, booking.slot_end, global_lead_id);
            update calendar.bookings as b
               set status = settle_booking.status, hold_expires_at = null, cancel_reason = null,
                   global_lead_id = settle_booking.global_lead_id,
                   confirmed_at = case settle_booking.status when 'confirmed' then coalesce(b.confirmed_at, _now) end,
                   lead_name = booking.lead_name, lead_email = booking.lead_email, lead_phone = booking.lead_phone,
                   lead_timezone = booking.lead_timezone, lead_locale = booking.lead_locale,
                   answers = booking.answers, notes = booking.notes
             where b.id = booking.id
            returning b.* into _booking;
            return _booking;
        exception
            when exclusion_violation or unique_violation or deadlock_detected then
                get stacked diagnostics _constraint = constraint_name;
                _reason := calendar_private.conflict_reason(
                    sqlstate, _constraint, booking.broker_id, booking.slot_start, booking.slot_end,
                    booking.outside_hours, booking.id, booking.meeting_type_id);
                if _reason is null then
                    raise;
                end if;
        end;
    end if;
    perform calendar_private.raise_slot_unavailable(
        _reason, booking.broker_id, booking.slot_start, booking.slot_end, booking.meeting_type_id, global_lead_id);
end
$$;
comment on function calendar_private.settle_booking(calendar.bookings, text, text) is
    'Makes a held or pending booking, which is locked, pending or confirmed, with the lead, answers and notes that it has here, and returns it. PT409 slot_unavailable where it is a hold that has lapsed and its slot cannot be booked any more.';
