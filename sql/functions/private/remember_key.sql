create function calendar_private.remember_key(booking_id uuid, key text, digest text) returns calendar.bookings
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    update calendar.bookings as b
       set idempotency_key = coalesce(b.idempotency_key, remember_key.key),
           request_digest = case when b.idempotency_key is null then remember_key.digest else b.request_digest end,
           further_keys = case when b.idempotency_key is null then b.further_keys
                               else coalesce(b.further_keys, '{}')
                                    || jsonb_build_object(remember_key.key, remember_key.digest) end
     where b.id = remember_key.booking_id
    returning b.*
$$;
comment on function calendar_private.remember_key(uuid, text, text) is
    'Remembers an idempotency key whose first answer is a booking that the lead has already: repeated, the request has the same answer, whatever becomes of the booking';
