create function calendar.hold_slot(
    page text,
    slot_start timestamptz,
    duration_minutes integer default null,
    token text default null,
    idempotency_key text default null
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _page record := calendar_private.find_page(page);
    _end timestamptz := calendar_private.end_of_slot(slot_start, null, duration_minutes);
    _locked record;
    _link calendar.booking_links;
    _booking calendar.bookings;
    _broker calendar.brokers;
    _held calendar.booking;
begin
    perform calendar_private.check_text('idempotency_key', idempotency_key, 200);
    token := calendar_private.text_or_null(token);
    if token is not null then
        _locked := calendar_private.lock_link(token);
        _link := _locked.link;
        _booking := _locked.booking;
        if _link.broker_id <> _page.broker_id then
            raise exception 'token_unknown' using errcode = 'PT401';
        elsif _booking.status <> 'held' and not calendar_private.is_lapsed_hold(_booking) then
            perform calendar_private.raise_wrong_state(_booking, 'held');
        elsif _booking.status = 'held' and least(_booking.hold_expires_at, _booking.held_at + interval '60 minutes') > _now
              and _booking.meeting_type_id is not distinct from _page.meeting_type then
            select b.* into _broker from calendar.brokers as b where b.id = _link.broker_id;
            perform calendar_private.check_public_length(
                _broker,
                (select t.durations from calendar.meeting_types as t where t.id = _page.meeting_type),
                _end - slot_start);
            perform calendar_private.move_booking(_booking.id, slot_start, _end, null, 'public');
            _booking := calendar_private.prolong_hold(_booking.id, _now + interval '10 minutes');
            return calendar_private.hold_json(
                token, _booking.id, _booking.hold_expires_at, _booking.slot_start, _booking.slot_end);
        end if;
        -- A new hold takes its place, and counts as one.
        update calendar.bookings as b
           set status = 'cancelled', cancel_reason = 'hold_expired'
         where b.id = _booking.id and b.status = 'held';
    end if;
    _held := calendar_private.make_booking('visitor', row(
        _page.broker_id, slot_start, _end, null, null, null, null, null, null, null, null,
        idempotency_key, 10, false, _page.meeting_type::text, null, null));
    if token is null then
        -- The answer to an earlier request of this key may have been lost: its token is stored nowhere.
        delete from calendar.booking_links as l where l.booking_id = _held.id;
        token := calendar_private.make_booking_link(
            _page.broker_id, _held.id, calendar_private.address_digest());
    else
        update calendar.booking_links as l
           set booking_id = _held.id, address_digest = calendar_private.address_digest()
         where l.id = _link.id;
    end if;
    return calendar_private.hold_json(token, _held.id, _held.hold_expires_at, _held.slot_start, _held.slot_end);
end
$$;
comment on function calendar.hold_slot(text, timestamptz, integer, text, text) is
$$Holds a slot of a public page for 10 minutes, so that a visitor can enter a name, and returns {"token", "booking", "hold_expires_at", "slot_start", "slot_end"}. A caller that has the token can complete, extend and move the hold, and later see, move and cancel the booking; it is stored nowhere.

page: BROKER-SLUG or BROKER-SLUG/TYPE-SLUG. slot_start: UTC instant. duration_minutes: length in minutes, one that the page has (its first). token: of a hold of this broker, which then moves to the slot, also where it has lapsed: a visitor has one hold. idempotency_key: without a token, the same key with the same request returns the first hold with a new token.

Errors: PT404 page_not_found; PT401 token_unknown; PT409 wrong_state for the token of a booking; PT409 slot_unavailable as of book_calendar_slot; PT422 idempotency_key_reused; PT429 rate_limited, whose detail is {"retry_after": seconds}, where the address has 3 holds with this broker, or all visitors have a tenth of the free slots of the coming 14 days, at least 3; 22023.$$;
