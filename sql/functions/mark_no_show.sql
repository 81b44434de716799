create function calendar.mark_no_show(booking_id uuid) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.close_booking(booking_id, 'no_show');
end
$$;
comment on function calendar.mark_no_show(uuid) is
$$Says that the lead of a confirmed booking did not appear (status no_show) and returns the booking. Possible from its start on; it undoes complete_booking. Twice is once.

booking_id: the booking.

Errors: PT404 booking_not_found; PT409 wrong_state for a booking that is neither confirmed, completed nor no_show, or has not begun.$$;
