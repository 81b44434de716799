create function calendar_private.try_booking(
    access text,
    request calendar_private.booking_request
) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _timezone text;
    _booking calendar.booking;
    _state text;
    _message text;
    _detail text;
    _reason text;
    _alternatives jsonb := '[]';
begin
    if access is null then
        return jsonb_build_object(
            'ok', false, 'reason', 'broker_not_found', 'alternatives', '[]'::jsonb,
            'speech', 'I am sorry, I cannot find the person you want to meet.');
    end if;
    begin
        if access = 'public' and request.outside_hours then
            raise exception 'outside_hours is for staff' using errcode = '42501';
        end if;
        _booking := calendar_private.make_booking(access, request);
    exception
        when sqlstate 'PT409' or sqlstate 'PT422' or sqlstate 'PT429' or sqlstate 'PGRST'
             or invalid_parameter_value or insufficient_privilege then
            get stacked diagnostics
                _state = returned_sqlstate, _message = message_text, _detail = pg_exception_detail;
    end;
    select coalesce(request.lead_timezone, b.timezone) into _timezone
      from calendar.brokers as b where b.id = request.broker_id;
    if _state is null then
        if _booking.status in ('cancelled', 'failed')
           or _booking.status = 'held' and _booking.hold_expires_at <= calendar_private.current_instant() then
            _reason := 'state';
        else
            return jsonb_build_object(
                'ok', true, 'booking', calendar_private.booking_json(_booking),
                'speech', format(
                    case _booking.status when 'held' then '%s is held for you.'
                                         when 'pending' then 'Your request for %s has been received; it still has to be confirmed.'
                                         else 'You are booked for %s.' end,
                    calendar_private.spoken(_booking.slot_start, _timezone)));
        end if;
    elsif _state = 'PT409' then
        _reason := _detail::jsonb ->> 'reason';
        select coalesce(jsonb_agg(a.slot || jsonb_build_object(
                   'spoken', calendar_private.spoken((a.slot ->> 'slot_start')::timestamptz, _timezone))), '[]')
          into _alternatives
          from jsonb_array_elements(_detail::jsonb -> 'alternatives') as a (slot);
    elsif _state in ('PT429', 'PGRST') then
        _reason := 'rate_limited';
    elsif _state = '42501' then
        _reason := 'not_allowed';
    elsif _state = '22023' then
        return jsonb_build_object(
            'ok', false, 'reason', 'invalid', 'message', _message, 'alternatives', '[]'::jsonb,
            'speech', 'I am sorry, something about that request is not right.');
    else
        _reason := _message;
    end if;
    return jsonb_build_object(
        'ok', false, 'reason', _reason, 'alternatives', _alternatives,
        'speech', case _reason
            when 'rate_limited' then 'I am sorry, there have been too many requests; please try again later.'
            when 'idempotency_key_reused' then 'I am sorry, something about that request is not right.'
            when 'not_allowed' then 'I am sorry, I am not able to book that.'
            when 'state' then 'I am sorry, that booking has been cancelled.'
            when 'disabled' then 'I am sorry, no appointments can be booked at the moment.'
            when 'lead_busy' then 'I am sorry, you already have another appointment at that time.'
            else calendar_private.spoken_refusal(request.slot_start, array(
                select (a.slot ->> 'slot_start')::timestamptz
                  from jsonb_array_elements(_alternatives) with ordinality as a (slot, place)
                 order by a.place), _timezone) end);
end
$$;
comment on function calendar_private.try_booking(text, calendar_private.booking_request) is
    'try_book for a caller with such access to the broker: service, owner, public, or null where it is unknown';
