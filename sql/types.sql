create type calendar.booking as (
    id uuid,
    broker_id uuid,
    status text,
    slot_start timestamptz,
    slot_end timestamptz,
    timezone text,
    title text,
    notes text,
    lead_id text,
    lead_name text,
    lead_email text,
    lead_phone text,
    lead_timezone text,
    hold_expires_at timestamptz,
    meeting_link text,
    cancel_reason text,
    created_by text,
    idempotency_key text,
    problem text,
    declined_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz,
    meeting_type_id uuid,
    answers jsonb,
    lead_locale text
);
comment on type calendar.booking is
    'A booking as every function returns it: all that a caller needs, and nothing internal';
comment on column calendar.booking.id is 'Key';
comment on column calendar.booking.broker_id is 'Whose time is booked';
comment on column calendar.booking.status is 'held (until hold_expires_at), pending (to be confirmed), confirmed, cancelled, completed, no_show or failed';
comment on column calendar.booking.slot_start is 'First instant of the appointment (UTC)';
comment on column calendar.booking.slot_end is 'First instant after it (UTC)';
comment on column calendar.booking.timezone is 'IANA zone of the broker';
comment on column calendar.booking.title is 'Title of the appointment';
comment on column calendar.booking.notes is 'Description';
comment on column calendar.booking.lead_id is 'The lead''s key in another system';
comment on column calendar.booking.lead_name is 'Name of the person who booked';
comment on column calendar.booking.lead_email is 'E-mail address of that person';
comment on column calendar.booking.lead_phone is 'Telephone number of that person';
comment on column calendar.booking.lead_timezone is 'IANA zone of that person';
comment on column calendar.booking.hold_expires_at is 'When a hold lapses (UTC instant)';
comment on column calendar.booking.meeting_link is 'Where to meet online';
comment on column calendar.booking.cancel_reason is 'Why it was cancelled, declined or failed';
comment on column calendar.booking.created_by is 'The channel through which it was made, such as voice';
comment on column calendar.booking.idempotency_key is 'The key of the request that made it';
comment on column calendar.booking.problem is 'What keeps it from being what its calendar says, in plain words; null = nothing';
comment on column calendar.booking.declined_at is 'When the broker declined it (UTC instant); null = never';
comment on column calendar.booking.created_at is 'When it was made (UTC instant)';
comment on column calendar.booking.updated_at is 'When it last changed (UTC instant)';
comment on column calendar.booking.meeting_type_id is 'The broker''s meeting type; null = none';
comment on column calendar.booking.answers is '{name of a question: answer} to the questions of the meeting type';
comment on column calendar.booking.lead_locale is 'Language of the person who booked, as a tag such as fr-CA (RFC 5646)';

create type calendar_private.booking_request as (
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    lead_id text,
    lead_name text,
    lead_email text,
    lead_phone text,
    lead_timezone text,
    title text,
    notes text,
    created_by text,
    idempotency_key text,
    hold_minutes integer,
    outside_hours boolean,
    meeting_type text,
    answers jsonb,
    lead_locale text
);
comment on type calendar_private.booking_request is
    'The arguments of calendar.book_calendar_slot';

create type calendar_private.retell_signature as (
    signed_at text,
    mac text
);
comment on type calendar_private.retell_signature is
    'The parts of the header X-Retell-Signature: milliseconds since 1970, and the HMAC-SHA256 of body and time in hexadecimal';

create type calendar_private.parsed_event as (
    external_event_id text,
    recurrence_id text,
    recurrence_this_and_future boolean,
    title text,
    starts_at timestamptz,
    ends_at timestamptz,
    start_date date,
    end_date date,
    status text,
    transparency text,
    declined boolean,
    recurrence text,
    timezone text,
    vtimezone text,
    duration text,
    sequence integer,
    etag text,
    provider_updated_at timestamptz,
    raw text,
    booking_id text,
    repairs jsonb,
    problem text
);
comment on type calendar_private.parsed_event is 'An element of a batch, as parse_events() reads it';
