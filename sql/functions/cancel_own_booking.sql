create function calendar.cancel_own_booking(token text, reason text default null) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_own_booking(token);
begin
    -- A hold that a visitor lets go is one that lapses early.
    perform calendar_private.end_booking(
        _booking.id, case when _booking.status = 'held' then 'hold_expired' else reason end, 'public');
    select b.* into _booking from calendar.bookings as b where b.id = _booking.id;
    return calendar_private.own_booking_json(_booking);
end
$$;
comment on function calendar.cancel_own_booking(text, text) is
$$Cancels the booking of a secret token, or lets its hold go, and returns it as get_own_booking does. Its slot is free at once. Cancelling a cancelled booking changes nothing.

token: as hold_slot or create_booking_link returned it. reason: why, at most 1000 characters.

Errors: PT401 token_unknown; PT409 wrong_state for a completed, failed or missed booking, with the reason too_late within change_until_minutes of its start; 22023.$$;
