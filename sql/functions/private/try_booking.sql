create function calendar_private.try_booking(
    access text,
    duration_minutes integer,
    request calendar_private.booking_request
) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _warnings text[] := '{}';
    _timezone text;
    _booking calendar.booking;
    _state text;
    _message text;
    _detail text;
    _answer jsonb;
begin
    if not calendar_private.is_email(calendar_private.text_or_null(request.lead_email)) then
        _warnings := _warnings || 'lead_email was left out, because it is not an e-mail address'::text;
        request.lead_email := null;
    end if;
    if not calendar_private.is_phone(calendar_private.plain_phone(request.lead_phone)) then
        _warnings := _warnings || 'lead_phone was left out, because it is not a telephone number of 4 to 15 digits'::text;
        request.lead_phone := null;
    end if;
    if not calendar_private.is_timezone(calendar_private.text_or_null(request.lead_timezone)) then
        _warnings := _warnings || 'lead_timezone was left out, because it is not an IANA time zone'::text;
        request.lead_timezone := null;
    end if;
    if not calendar_private.is_locale(calendar_private.text_or_null(request.lead_locale)) then
        _warnings := _warnings || 'lead_locale was left out, because it is not a language tag'::text;
        request.lead_locale := null;
    end if;
    begin
        if access is null then
            raise exception 'broker_not_found' using errcode = 'PT404';
        elsif access = 'public' and request.outside_hours then
            raise exception 'outside_hours is for staff' using errcode = '42501';
        end if;
        request.slot_end := calendar_private.end_of_slot(request.slot_start, request.slot_end, duration_minutes);
        _booking := calendar_private.make_booking(access, request);
    exception
        when sqlstate 'PT404' or sqlstate 'PT409' or sqlstate 'PT422' or sqlstate 'PT429' or sqlstate 'PGRST'
             or invalid_parameter_value or insufficient_privilege then
            get stacked diagnostics
                _state = returned_sqlstate, _message = message_text, _detail = pg_exception_detail;
    end;
    _timezone := coalesce(calendar_private.text_or_null(request.lead_timezone),
                          calendar_private.broker_timezone(request.broker_id));
    if _state is not null then
        _answer := calendar_private.refusal_answer(_state, _message, _detail, request.slot_start, _timezone);
    elsif _booking.status in ('cancelled', 'failed')
       or _booking.status = 'held' and _booking.hold_expires_at <= calendar_private.current_instant() then
        -- A repeated call whose booking is no more must not hear that it is booked.
        _answer := calendar_private.refusal_answer(
            'PT409', null, '{"reason": "wrong_state"}', request.slot_start, _timezone)
            || jsonb_build_object('speech', 'I am sorry, that booking has been cancelled.');
    else
        _answer := jsonb_build_object(
            'ok', true, 'booking', calendar_private.booking_json(_booking),
            'speech', format(
                case _booking.status when 'held' then '%s is held for you.'
                                     when 'pending' then 'Your request for %s has been received; it still has to be confirmed.'
                                     else 'You are booked for %s.' end,
                calendar_private.spoken(_booking.slot_start, _timezone)));
    end if;
    return _answer || jsonb_build_object('warnings', to_jsonb(_warnings));
end
$$;
comment on function calendar_private.try_booking(text, integer, calendar_private.booking_request) is
    'try_book for a caller with such access to the broker: service, owner, public, or null where it is unknown';
