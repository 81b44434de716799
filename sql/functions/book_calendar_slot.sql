create function calendar.book_calendar_slot(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz default null,
    lead_id text default null,
    lead_name text default null,
    lead_email text default null,
    lead_phone text default null,
    lead_timezone text default null,
    title text default null,
    notes text default null,
    created_by text default null,
    idempotency_key text default null,
    hold_minutes integer default null,
    outside_hours boolean default false,
    duration_minutes integer default null,
    meeting_type text default null,
    answers jsonb default null,
    lead_locale text default null
) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if duration_minutes is not null then
        slot_end := calendar_private.end_of_slot(slot_start, slot_end, duration_minutes);
    end if;
    return calendar_private.make_booking(
        calendar_private.require_broker(
            broker_id, case when outside_hours then 'owner' else 'public' end, meeting_type),
        row(broker_id, slot_start, slot_end, lead_id, lead_name, lead_email, lead_phone, lead_timezone,
            title, notes, created_by, idempotency_key, hold_minutes, outside_hours, meeting_type, answers, lead_locale));
end
$$;
comment on function calendar.book_calendar_slot(uuid, timestamptz, timestamptz, text, text, text, text, text, text, text, text, text, integer, boolean, integer, text, jsonb, text) is
$$Books a slot and returns the booking: confirmed, pending where the broker requires confirmation, held with hold_minutes. A slot can be booked exactly when get_available_slots with the same duration lists it.

broker_id: the broker. slot_start, slot_end: UTC instants. duration_minutes: the length, from 1 to 1440, where slot_end is null (the broker's slot_duration_minutes); both only if they agree. lead_id, lead_name, lead_email, lead_phone, lead_timezone (IANA): who books. title, notes: text. lead_email must have one @ and a domain, and is stored in lower case. lead_phone must be 4 to 15 digits, after a + or not, and loses blanks and ()-./. An empty text means null. created_by: the channel, such as voice (broker or service, by who calls; always public for public callers). idempotency_key: the same key with the same request returns the first booking; the keys of public callers are apart from those of others. Without a key, a request of the broker or the service for the same lead, start and end returns the active booking. Two leads are the same where both have a lead_id and it is equal, or else where the e-mail address or the telephone number is. hold_minutes: hold the slot for 1 to 60 minutes until confirm_booking; not for public callers. outside_hours: for staff; skips hours, grid, notice, horizon and the daily limit, never an overlap. meeting_type: the slug or id of one of the broker's meeting types, whose rules then apply; the length is its first duration where none is named. answers: {name of a question: answer} to its questions, at most 16 kB. lead_locale: the lead's language, a tag such as fr-CA.

Errors: PT404 broker_not_found, or meeting_type_not_found where the type does not exist, is not active or is not public for a public caller; PT409 slot_unavailable, whose detail is {"reason": taken|outside_hours|off_grid|past|notice|horizon|daily_limit|disabled|lead_busy|not_synced, "alternatives": [{slot_start, slot_end}]}; PT422 idempotency_key_reused, whose detail is {"booking_id"} for a caller that may see it; PT429 rate_limited where public callers have made public_bookings_per_hour bookings of this broker, or public_bookings_per_address attempts from one address, within an hour, with Retry-After in seconds; 42501; 22023 names the argument and what is allowed. not_synced: not all events of the broker's calendars are known up to the slot's end, also with outside_hours. lead_busy: calendar.lead_scope is global, and the lead_id that the service names has an active booking of another broker at that start.$$;
