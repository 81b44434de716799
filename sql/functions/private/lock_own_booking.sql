create function calendar_private.lock_own_booking(token text) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := (calendar_private.lock_link(token)).booking;
begin
    if _booking.status in ('pending', 'confirmed')
       and calendar_private.current_instant() >= calendar_private.change_until(_booking) then
        raise exception 'wrong_state' using
            errcode = 'PT409',
            detail = jsonb_build_object('reason', 'too_late', 'status', _booking.status),
            hint = 'The lead may change the booking until change_until_minutes before its start.';
    end if;
    return _booking;
end
$$;
comment on function calendar_private.lock_own_booking(text) is
    'The booking of a secret token, locked with its broker, for its lead to change. PT401 token_unknown; PT409 wrong_state, reason too_late, within change_until_minutes of its start.';
