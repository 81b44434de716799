create function calendar_private.booking_notifications(
    kind text,
    at timestamptz,
    confirmed_start timestamptz,
    lead_email boolean,
    lead_sms boolean,
    broker_email boolean,
    broker_sms boolean,
    notify jsonb,
    reminder_minutes integer[],
    timezone text
) returns table (kind text, channel text, recipient text, minutes integer, due_at timestamptz)
    language c stable rows 4
    as 'MODULE_PATHNAME', 'calendar_booking_notifications_wrapper';
comment on function calendar_private.booking_notifications(text, timestamptz, timestamptz, boolean, boolean, boolean, boolean, jsonb, integer[], text) is
    'The messages to a lead and a broker about a change of their booking, and its reminders. kind: what happened. at: when (UTC instant). confirmed_start: when the booking begins, if it is confirmed; null = no reminders. lead_email, lead_sms, broker_email, broker_sms: who has which address. notify and reminder_minutes: the broker''s. timezone: the lead''s, an IANA zone, for quiet hours.';
