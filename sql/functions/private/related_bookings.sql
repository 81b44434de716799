create function calendar_private.related_bookings(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    idempotency_key text,
    global_lead_id text
) returns setof calendar.bookings
    language c volatile rows 2
    as 'MODULE_PATHNAME', 'calendar_related_bookings';
comment on function calendar_private.related_bookings(uuid, timestamptz, timestamptz, text, text) is
    'The bookings that a request for a slot has to do with, as they are committed at this moment, whatever the isolation level: first those of its idempotency key, then the active one of this global lead at the same start, then the broker''s active one at the same start and its holds in the slot. Holds may have lapsed; a booking may come twice.';
