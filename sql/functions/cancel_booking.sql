create function calendar.cancel_booking(booking_id uuid, reason text default null)
    returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.end_booking(booking_id, reason);
end
$$;
comment on function calendar.cancel_booking(uuid, text) is
$$Cancels a held, pending or confirmed booking and returns it; its slot is free at once. Cancelling a cancelled booking changes nothing.

booking_id: the booking. reason: why, at most 1000 characters.

Errors: PT404 booking_not_found; PT409 wrong_state for a completed, failed or missed booking; 22023.$$;
