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
    outside_hours boolean
);
comment on type calendar_private.booking_request is
    'The arguments of calendar.book_calendar_slot';

create type calendar_private.retell_signature as (
    signed_at text,
    mac text
);
comment on type calendar_private.retell_signature is
    'The parts of the header X-Retell-Signature: milliseconds since 1970, and the HMAC-SHA256 of body and time in hexadecimal';
