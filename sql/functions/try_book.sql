create function calendar.try_book(
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
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.try_booking(
        calendar_private.caller_access(broker_id, meeting_type),
        duration_minutes,
        row(broker_id, slot_start, slot_end, lead_id, lead_name, lead_email, lead_phone, lead_timezone,
            title, notes, created_by, idempotency_key, hold_minutes, outside_hours, meeting_type, answers, lead_locale));
end
$$;
comment on function calendar.try_book(uuid, timestamptz, timestamptz, text, text, text, text, text, text, text, text, text, integer, boolean, integer, text, jsonb, text) is
$$Books a slot as book_calendar_slot does, and answers instead of raising, for callers that cannot handle errors.

broker_id, slot_start, slot_end, lead_id, lead_name, lead_email, lead_phone, lead_timezone, title, notes, created_by, idempotency_key, hold_minutes, outside_hours, duration_minutes, meeting_type, answers, lead_locale: as book_calendar_slot takes them; an e-mail address, a telephone number, a zone or a locale that cannot be understood is left out. Repeating a call is safe where it names the lead (lead_id, lead_email or lead_phone) or an idempotency_key: it answers with the first booking.

Returns {"ok": true, "booking", "warnings", "speech"} or {"ok": false, "reason", "alternatives": [{"slot_start", "slot_end", "spoken"}], "warnings", "speech"}. "warnings" says what was left out. "reason" is one of book_calendar_slot's, or broker_not_found, meeting_type_not_found, idempotency_key_reused, rate_limited, not_allowed, wrong_state (a repeated call whose booking has been cancelled since), or invalid, with "message" naming the argument and what is allowed. "speech" is a sentence to read out, in lead_timezone or the broker's zone.$$;
