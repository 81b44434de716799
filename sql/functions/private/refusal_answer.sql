create function calendar_private.refusal_answer(
    state text,
    message text,
    detail text,
    slot_start timestamptz,
    timezone text
) returns jsonb
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _reason text := case
        when state = 'PT409' then detail::jsonb ->> 'reason'
        when state in ('PT429', 'PGRST') then 'rate_limited'
        when state = '42501' then 'not_allowed'
        when state = '22023' then 'invalid'
        else message end;
    _alternatives jsonb := '[]';
begin
    if state = 'PT409' then
        select coalesce(jsonb_agg(a.slot || jsonb_build_object(
                   'spoken', calendar_private.spoken((a.slot ->> 'slot_start')::timestamptz, timezone))), '[]')
          into _alternatives
          from jsonb_array_elements(detail::jsonb -> 'alternatives') as a (slot);
    end if;
    return jsonb_build_object(
        'ok', false, 'reason', _reason, 'alternatives', _alternatives, 'warnings', '[]'::jsonb,
        'speech', case _reason
            when 'rate_limited' then 'I am sorry, there have been too many requests; please try again later.'
            when 'idempotency_key_reused' then 'I am sorry, something about that request is not right.'
            when 'invalid' then 'I am sorry, something about that request is not right.'
            when 'not_allowed' then 'I am sorry, I am not able to do that.'
            when 'broker_not_found' then 'I am sorry, I cannot find the person you want to meet.'
            when 'meeting_type_not_found' then 'I am sorry, there is no such kind of appointment.'
            when 'booking_not_found' then 'I am sorry, I cannot find that booking.'
            when 'wrong_state' then 'I am sorry, that booking can no longer be changed.'
            when 'disabled' then 'I am sorry, no appointments can be booked at the moment.'
            when 'lead_busy' then 'I am sorry, you already have another appointment at that time.'
            else calendar_private.spoken_refusal(slot_start, array(
                select (a.slot ->> 'slot_start')::timestamptz
                  from jsonb_array_elements(_alternatives) with ordinality as a (slot, place)
                 order by a.place), timezone) end)
        || case when _reason = 'invalid' then jsonb_build_object('message', message) else '{}' end;
end
$$;
comment on function calendar_private.refusal_answer(text, text, text, timestamptz, text) is
    'An error of a function about bookings as an answer: state is its SQLSTATE; slot_start is the time asked for, and timezone the IANA zone in which the answer is spoken';
