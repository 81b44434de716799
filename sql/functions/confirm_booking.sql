create function calendar.confirm_booking(booking_id uuid) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_booking(booking_id);
begin
    if _booking.status = 'confirmed' then
        return calendar_private.shown_booking(_booking);
    elsif _booking.status not in ('held', 'pending') and not calendar_private.is_lapsed_hold(_booking) then
        perform calendar_private.raise_wrong_state(_booking, 'held or pending');
    end if;
    return calendar_private.shown_booking(calendar_private.settle_booking(
        _booking, 'confirmed',
        -- As in reschedule_booking. A hold that still is one keeps what it has.
        case when _booking.status <> 'cancelled' or calendar_private.caller_access(_booking.broker_id) = 'service'
             then _booking.global_lead_id end));
end
$$;
comment on function calendar.confirm_booking(uuid) is
$$Confirms a held or pending booking and returns it. A hold that has lapsed is confirmed if its slot can still be booked. Confirming twice changes nothing.

booking_id: the booking.

Errors: PT404 booking_not_found; PT409 wrong_state for a cancelled, failed, completed or missed booking; PT409 slot_unavailable as of book_calendar_slot.$$;
