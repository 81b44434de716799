create function calendar.reschedule_booking(
    booking_id uuid,
    slot_start timestamptz,
    slot_end timestamptz default null,
    duration_minutes integer default null
) returns calendar.booking
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.move_booking(booking_id, slot_start, slot_end, duration_minutes);
end
$$;
comment on function calendar.reschedule_booking(uuid, timestamptz, timestamptz, integer) is
$$Moves a held, pending or confirmed booking to another slot that can be booked, and returns it.

booking_id: the booking. slot_start, slot_end: UTC instants. duration_minutes: the length, from 1 to 1440, where slot_end is null (as before); both only if they agree.

Errors: PT404 booking_not_found; PT409 wrong_state for a booking that is cancelled, failed, completed, missed or a lapsed hold; PT409 slot_unavailable as of book_calendar_slot; 22023.$$;
