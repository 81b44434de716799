create function calendar.reschedule_own_booking(token text, slot_start timestamptz) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_own_booking(token);
begin
    if _booking.status not in ('pending', 'confirmed') then
        perform calendar_private.raise_wrong_state(_booking, 'pending or confirmed');
    end if;
    perform calendar_private.count_attempt(
        calendar_private.client_address(),
        (select b.public_bookings_per_address from calendar.brokers as b where b.id = _booking.broker_id),
        interval '1 hour');
    perform calendar_private.move_booking(_booking.id, slot_start, null, null, 'public');
    select b.* into _booking from calendar.bookings as b where b.id = _booking.id;
    return calendar_private.own_booking_json(_booking);
end
$$;
comment on function calendar.reschedule_own_booking(text, timestamptz) is
$$Moves the booking of a secret token to another slot of the same length that can be booked, and returns it as get_own_booking does. A move counts as an attempt of its address to book.

token: as hold_slot or create_booking_link returned it. slot_start: UTC instant.

Errors: PT401 token_unknown; PT409 wrong_state for a booking that is neither pending nor confirmed, with the reason too_late within change_until_minutes of its start; PT409 slot_unavailable as of book_calendar_slot; PT429 rate_limited, whose detail is {"retry_after": seconds}; 22023.$$;
