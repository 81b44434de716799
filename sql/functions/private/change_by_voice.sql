create function calendar_private.change_by_voice(
    action text,
    broker_id uuid,
    phone text,
    args jsonb,
    timezone text
) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _found calendar.bookings[] := array(
        select b from calendar_private.caller_bookings(
            broker_id, phone, calendar_private.uuid_or_null(args ->> 'booking_id')) as b);
    _shown jsonb := coalesce((
        select jsonb_agg(calendar_private.booking_json(calendar_private.shown_booking(b))) from unnest(_found) as b), '[]');
    _times text[] := array(
        select calendar_private.spoken(b.slot_start, timezone) from unnest(_found) as b);
    _wanted record;
begin
    if action = 'find' then
        return jsonb_build_object(
            'ok', true,
            'bookings', _shown,
            'speech', case when _found = '{}' then 'I do not see an appointment for you.'
                           else format('You have an appointment on %s.', array_to_string(_times, ', and on ')) end);
    elsif _found = '{}' then
        return calendar_private.refusal_answer('PT404', 'booking_not_found', null, null, timezone);
    elsif cardinality(_found) > 1 then
        return jsonb_build_object(
            'ok', false, 'reason', 'several_bookings', 'alternatives', '[]'::jsonb, 'warnings', '[]'::jsonb,
            'bookings', _shown,
            'speech', format('You have more than one appointment: on %s. Which one do you mean?',
                             array_to_string(_times, ', and on ')));
    elsif action = 'cancel' then
        return calendar_private.try_change('cancel', _found[1].id, args ->> 'reason', access => 'owner');
    end if;
    select w.kind, w.starts_at into _wanted
      from calendar.parse_when(coalesce(args ->> 'slot_start', args ->> 'requested_time'), timezone) as w
     limit 1;
    if _wanted.kind is distinct from 'instant' then
        return calendar_private.ask_again('Which day and time would you like?');
    end if;
    return calendar_private.try_change(
        'reschedule', _found[1].id, null, _wanted.starts_at, null,
        calendar_private.minutes_or_null(args ->> 'duration_minutes'), 'owner');
end
$$;
comment on function calendar_private.change_by_voice(text, uuid, text, jsonb, text) is
    'Finds, moves or cancels a booking for a caller on the telephone: action is find, reschedule or cancel; args are those of the voice agent''s function, and timezone is the IANA zone of the answer';
