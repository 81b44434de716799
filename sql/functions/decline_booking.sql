create function calendar.decline_booking(booking_id uuid, reason text default null) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_booking(booking_id);
begin
    perform calendar_private.check_text('reason', reason);
    if _booking.status = 'pending' then
        update calendar.bookings as b
           set status = 'cancelled', cancel_reason = calendar_private.text_or_null(reason),
               declined_at = calendar_private.current_instant()
         where b.id = booking_id
        returning b.* into _booking;
    elsif _booking.declined_at is null then
        perform calendar_private.raise_wrong_state(_booking, 'pending');
    end if;
    return calendar_private.shown_booking(_booking);
end
$$;
comment on function calendar.decline_booking(uuid, text) is
$$Declines a pending booking and returns it: its status is cancelled, declined_at says when, and its slot is free at once. Declining a declined booking changes nothing.

booking_id: the booking. reason: why, at most 1000 characters.

Errors: PT404 booking_not_found; PT409 wrong_state for a booking that is not pending; 22023.$$;
