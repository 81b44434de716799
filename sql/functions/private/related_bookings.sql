create function calendar_private.related_bookings(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    idempotency_key text,
    lead_key text
) returns setof calendar.bookings
    language c volatile rows 2
    as 'MODULE_PATHNAME', 'calendar_related_bookings';
comment on function calendar_private.related_bookings(uuid, timestamptz, timestamptz, text, text) is
    'The bookings that a request for a slot has to do with, as they are committed at this moment, whatever the isolation level: first the one of its idempotency key, then its lead''s active one at the same start, then the broker''s holds in the slot. Holds may have lapsed; one may come twice.';
