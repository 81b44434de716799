create function calendar.complete_hold(
    token text,
    lead_name text,
    lead_email text default null,
    lead_phone text default null,
    lead_timezone text default null,
    lead_locale text default null,
    answers jsonb default null,
    notes text default null
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _locked record := calendar_private.lock_link(token);
    _booking calendar.bookings := _locked.booking;
    _broker calendar.brokers;
    _type calendar.meeting_types;
    _request calendar_private.booking_request;
begin
    if _booking.status in ('pending', 'confirmed', 'completed', 'no_show') then
        return calendar_private.own_booking_json(_booking);
    elsif _booking.status <> 'held' and not calendar_private.is_lapsed_hold(_booking) then
        perform calendar_private.raise_wrong_state(_booking, 'held');
    end if;
    _request := calendar_private.plain_request(row(
        _booking.broker_id, _booking.slot_start, _booking.slot_end, null, lead_name, lead_email, lead_phone,
        lead_timezone, null, notes, null, null, null, false, _booking.meeting_type_id::text, answers, lead_locale));
    perform calendar_private.check_booking_request(_request);
    if _request.lead_name is null then
        raise exception 'lead_name must not be null' using errcode = '22023';
    end if;
    select b.* into _broker from calendar.brokers as b where b.id = _booking.broker_id;
    select t.* into _type from calendar.meeting_types as t where t.id = _booking.meeting_type_id;
    perform calendar_private.check_answers(coalesce(_type.questions, '[]'), _request.answers);
    perform calendar_private.limit_public(_broker, _booking.slot_end - _booking.slot_start, _type.durations);

    _booking.lead_name := _request.lead_name;
    _booking.lead_email := _request.lead_email;
    _booking.lead_phone := _request.lead_phone;
    _booking.lead_timezone := _request.lead_timezone;
    _booking.lead_locale := _request.lead_locale;
    _booking.answers := _request.answers;
    _booking.notes := _request.notes;
    _booking := calendar_private.settle_booking(
        _booking,
        case when coalesce(_type.requires_confirmation, _broker.requires_confirmation) then 'pending' else 'confirmed' end,
        null);
    update calendar.booking_links as l set address_digest = null where l.id = (_locked.link).id;
    return calendar_private.own_booking_json(_booking);
end
$$;
comment on function calendar.complete_hold(text, text, text, text, text, text, jsonb, text) is
$$Makes a visitor's hold a booking, confirmed, or pending where the broker requires confirmation, and returns it as get_own_booking does. Repeated, it returns the booking. Where the hold has lapsed, the slot is checked again.

token: as hold_slot returned it. lead_name: who books, required. lead_email: one @ and a domain, stored in lower case. lead_phone: 4 to 15 digits, after a + or not. lead_timezone: IANA zone. lead_locale: a language tag such as fr-CA. answers: {name of a question: answer} to the questions of the meeting type, at most 16 kB. notes: text.

Errors: PT401 token_unknown; PT409 wrong_state for a booking that was cancelled; PT409 slot_unavailable as of book_calendar_slot, where the hold had lapsed; PT429 rate_limited as of book_calendar_slot, whose detail is {"retry_after": seconds}; 22023 names the argument or the question.$$;
