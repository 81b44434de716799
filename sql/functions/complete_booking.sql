create function calendar.complete_booking(booking_id uuid) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.close_booking(booking_id, 'completed');
end
$$;
comment on function calendar.complete_booking(uuid) is
$$Says that the appointment of a confirmed booking took place (status completed) and returns the booking. Possible from its start on; it undoes mark_no_show. Twice is once.

booking_id: the booking.

Errors: PT404 booking_not_found; PT409 wrong_state for a booking that is neither confirmed, completed nor no_show, or has not begun.$$;
