create function calendar_private.raise_wrong_state(booking calendar.bookings, allowed text, hint text default null) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'wrong_state' using
        errcode = 'PT409',
        detail = jsonb_build_object('reason', 'wrong_state', 'status', booking.status),
        hint = coalesce(hint, format('The booking must be %s, and it is %s.', allowed,
            case when booking.status = 'held' and booking.hold_expires_at <= calendar_private.current_instant()
                 then 'a hold that has lapsed' else booking.status end));
end
$$;
comment on function calendar_private.raise_wrong_state(calendar.bookings, text, text) is
    'Raises PT409 wrong_state: a booking in this state cannot be changed so. allowed says in which states it can; hint replaces the sentence about states.';
