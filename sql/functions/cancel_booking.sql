create function calendar.cancel_booking(booking_id uuid, reason text default null)
    returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_booking(booking_id);
begin
    if length(reason) > 1000 then
        raise exception 'reason must have at most 1000 characters' using errcode = '22023';
    elsif _booking.status = 'cancelled' then
        return calendar_private.shown_booking(_booking, calendar_private.broker_timezone(_booking.broker_id));
    elsif _booking.status not in ('held', 'pending', 'confirmed') then
        perform calendar_private.raise_slot_unavailable(
            'state', _booking.broker_id, _booking.slot_start, _booking.slot_end);
    end if;
    update calendar.bookings as b
       set status = 'cancelled', cancel_reason = reason, hold_expires_at = null
     where b.id = booking_id
    returning b.* into _booking;
    return calendar_private.shown_booking(_booking, calendar_private.broker_timezone(_booking.broker_id));
end
$$;
comment on function calendar.cancel_booking(uuid, text) is
$$Cancels a held, pending or confirmed booking and returns it; its slot is free at once. Cancelling a cancelled booking changes nothing.

booking_id: the booking. reason: why, at most 1000 characters.

Errors: PT404 booking_not_found; PT409 slot_unavailable with reason state for a completed, failed or missed booking; 22023.$$;
