create function calendar.retell(json) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- The record of a long call with its transcripts has some 100 kB.
    _most_bytes constant integer := 1024 * 1024;
    _signature calendar_private.retell_signature := calendar_private.read_retell_signature();
    _body jsonb;
    _call jsonb;
    _args jsonb;
    _name text;
    _broker_id uuid;
    _broker calendar.brokers;
    _timezone text;
    _action text;
    _phone text;
    _wanted record;
    _warnings text[];
    _answer jsonb;
begin
    if octet_length($1::text) > _most_bytes then
        raise exception 'the body must have at most % bytes', _most_bytes using errcode = '22023';
    elsif $1 is null or json_typeof($1) <> 'object' then
        raise exception 'the body must be a JSON object' using errcode = '22023';
    end if;
    _body := $1::jsonb;
    -- Retell sends the arguments alone where the function is set so (args_at_root).
    if jsonb_typeof(_body -> 'args') = 'object' and _body ? 'name' then
        _args := _body -> 'args';
        _name := _body ->> 'name';
        _call := coalesce(_body -> 'call', _body -> 'chat');
    else
        _args := _body;
    end if;
    _broker_id := calendar_private.uuid_or_null(coalesce(
        _call #>> '{metadata,broker_id}', _call #>> '{retell_llm_dynamic_variables,broker_id}',
        _args ->> 'broker_id'));
    perform calendar_private.check_retell_signature(_signature, $1::text, _broker_id);
    select b.* into _broker from calendar.brokers as b where b.id = _broker_id;
    if not found then
        raise exception 'broker_not_found' using errcode = 'PT404',
            hint = 'The call''s metadata must name the broker: {"broker_id": "..."}.';
    end if;
    perform calendar_private.take_turn(
        'voice calls for ' || _broker_id, _broker.voice_calls_per_minute, interval '1 minute');

    _action := calendar_private.retell_action(_name, _args);
    _warnings := calendar_private.unknown_args(_args);
    _timezone := calendar_private.text_or_null(_args ->> 'timezone');
    _timezone := case when _timezone is null then _broker.timezone
                      else calendar_private.said_timezone(_timezone, _broker.timezone) end;
    if _timezone is null then
        return calendar_private.ask_again(
            'I am sorry, which city are you in, for the time zone?',
            'timezone must be a time zone such as America/New_York or "Eastern time"');
    elsif calendar_private.text_or_null(_args ->> 'duration_minutes') is not null
          and calendar_private.minutes_or_null(_args ->> 'duration_minutes') is null then
        return calendar_private.ask_again(
            'I am sorry, how long should the appointment be?', 'duration_minutes must be from 1 to 1440 minutes');
    end if;
    _phone := _call ->> case _call ->> 'direction' when 'outbound' then 'to_number' else 'from_number' end;
    if _action = 'check' then
        _answer := calendar_private.answer_availability(
            _broker_id, coalesce(_args ->> 'requested_time', _args ->> 'slot_start'),
            calendar_private.minutes_or_null(_args ->> 'duration_minutes'), _timezone, 3,
            _args ->> 'meeting_type');
    elsif _action = 'request' then
        _answer := calendar_private.note_request(
            _broker_id, left(coalesce(_args ->> 'requested_time', _args ->> 'slot_start'), 1000), left(_args ->> 'lead_name', 1000),
            left(coalesce(_args ->> 'lead_phone', _phone), 1000), left(_args ->> 'lead_email', 1000),
            left(_args ->> 'lead_id', 1000), left(_args ->> 'timezone', 1000), left(_args ->> 'reason', 1000));
    elsif _action <> 'book' then
        _answer := calendar_private.change_by_voice(_action, _broker_id, _phone, _args, _timezone);
    else
        select w.kind, w.starts_at into _wanted
          from calendar.parse_when(coalesce(_args ->> 'slot_start', _args ->> 'requested_time'), _timezone) as w
         limit 1;
        if _wanted.kind is distinct from 'instant' then
            return calendar_private.ask_again('Which day and time would you like?');
        end if;
        _answer := calendar_private.try_booking(
            -- The person on the telephone names the lead, so lead_id must not reach other brokers.
            'owner',
            calendar_private.minutes_or_null(_args ->> 'duration_minutes'),
            row(_broker_id, _wanted.starts_at, null,
                _args ->> 'lead_id', _args ->> 'lead_name', _args ->> 'lead_email',
                coalesce(_args ->> 'lead_phone', _phone),
                _timezone, _args ->> 'title', _args ->> 'notes', 'voice',
                -- Retell repeats what it got no answer to. Equal arguments that come alone may be two callers'.
                encode(sha256(convert_to(
                    coalesce(_call ->> 'call_id', _call ->> 'chat_id') || jsonb_build_array(_name, _args), 'UTF8')), 'hex'), null, false,
                _args ->> 'meeting_type', _args -> 'answers', null));
    end if;
    return _answer || jsonb_build_object(
        'warnings', coalesce(_answer -> 'warnings', '[]') || to_jsonb(_warnings));
end
$$;
comment on function calendar.retell(json) is
$$Answers the custom functions of Retell's voice agents: POST /rpc/retell of PostgREST, with the call's body and its header X-Retell-Signature, which must sign the body with a key that set_retell_key has stored.

The body is {"name", "args", "call"}, or the arguments alone. The broker is "broker_id" of the call's metadata, of its dynamic variables or of the arguments. What is done is what the argument "action" says (check, book, find, reschedule, cancel, request), or else the exact name of the function: check_availability, check_time, check_broker_availability and find_slots ask (requested_time, duration_minutes, timezone, meeting_type); book_slot and book_appointment book (slot_start, an instant or a phrase that names one, duration_minutes, timezone, lead_id, lead_name, lead_email, lead_phone (the caller's number), title, notes, meeting_type, answers); find_bookings, reschedule_booking (slot_start, duration_minutes) and cancel_booking (reason) concern the booking of booking_id, or else those of the number from which the call comes; request_manual_booking (requested_time, lead_id, lead_name, lead_email, lead_phone, reason) asks the broker to book. Arguments alone, without "action", book where they have "slot_start", and ask otherwise. A length may be in words ("an hour"). A zone may be in words, too ("Eastern time", "London"). A length or a zone that cannot be understood is asked for again. Arguments that no function has are left out, and "warnings" names them. A request that is repeated within its call books once; where the arguments come alone, the lead must be named for that.

Returns what try_book and check_availability return; find_bookings: {"ok", "bookings", "speech"}.

Errors: 22023 where the body has more than 1 MiB; PT401 signature_missing, signature_expired (more than 5 minutes old) or signature_wrong; PT404 broker_not_found; PT429 rate_limited above the broker's voice_calls_per_minute; 22023 for a name of no such function.$$;
