create function calendar.extend_hold(token text) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := (calendar_private.lock_link(token)).booking;
begin
    if _booking.status <> 'held' or calendar_private.is_lapsed_hold(_booking) then
        perform calendar_private.raise_wrong_state(_booking, 'held');
    end if;
    _booking := calendar_private.prolong_hold(_booking.id, _booking.hold_expires_at + interval '10 minutes');
    return calendar_private.hold_json(
        calendar_private.text_or_null(token), _booking.id, _booking.hold_expires_at,
        _booking.slot_start, _booking.slot_end);
end
$$;
comment on function calendar.extend_hold(text) is
$$Lets a visitor's hold lapse 10 minutes later, at the latest 60 minutes after it was made, and returns it as hold_slot does.

token: as hold_slot returned it.

Errors: PT401 token_unknown; PT409 wrong_state for a hold that has lapsed, or is a booking; 22023.$$;
