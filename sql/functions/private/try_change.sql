create function calendar_private.try_change(
    change text,
    booking_id uuid,
    reason text default null,
    slot_start timestamptz default null,
    slot_end timestamptz default null,
    duration_minutes integer default null,
    access text default null
) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.booking;
    _state text;
    _message text;
    _detail text;
    _timezone text;
begin
    begin
        _booking := case change
            when 'confirm' then calendar.confirm_booking(booking_id)
            when 'decline' then calendar.decline_booking(booking_id, reason)
            when 'cancel' then calendar_private.end_booking(booking_id, reason, access)
            when 'reschedule' then calendar_private.move_booking(
                booking_id, slot_start, slot_end, duration_minutes, access)
            when 'complete' then calendar.complete_booking(booking_id)
            when 'no_show' then calendar.mark_no_show(booking_id) end;
    exception
        when sqlstate 'PT404' or sqlstate 'PT409' or invalid_parameter_value or insufficient_privilege then
            get stacked diagnostics
                _state = returned_sqlstate, _message = message_text, _detail = pg_exception_detail;
    end;
    select coalesce(b.lead_timezone, calendar_private.broker_timezone(b.broker_id)),
           coalesce(try_change.slot_start, b.slot_start)
      into _timezone, slot_start
      from calendar.bookings as b where b.id = booking_id;
    if _state is not null then
        return calendar_private.refusal_answer(_state, _message, _detail, slot_start, _timezone);
    end if;
    return jsonb_build_object(
        'ok', true, 'booking', calendar_private.booking_json(_booking), 'warnings', '[]'::jsonb,
        'speech', format(
            case change
                when 'confirm' then 'You are booked for %s.'
                when 'decline' then 'The request for %s has been declined.'
                when 'cancel' then 'Your appointment on %s has been cancelled.'
                when 'reschedule' then 'Your appointment has been moved to %s.'
                when 'complete' then 'The appointment on %s has taken place.'
                when 'no_show' then 'The appointment on %s was missed.' end,
            calendar_private.spoken(_booking.slot_start, _timezone)));
end
$$;
comment on function calendar_private.try_change(text, uuid, text, timestamptz, timestamptz, integer, text) is
    'Changes a booking and answers instead of raising: change is confirm, decline, cancel, reschedule, complete or no_show, with the arguments of that function. access: what the caller may do with the broker where it cancels or reschedules, owner or service; null = what the session''s role may';
