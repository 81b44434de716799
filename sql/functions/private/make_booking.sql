create function calendar_private.make_booking(
    access text,
    request calendar_private.booking_request
) returns calendar.booking
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    -- A visitor of a page holds a slot, and says who it is for later.
    _is_visitor boolean := access = 'visitor';
    _is_public boolean := access in ('public', 'visitor');
    -- A caller that sees one broker alone must not learn of a lead's appointments with others.
    _global_lead_id text := case
        when access = 'service' and current_setting('calendar.lead_scope', true) = 'global'
        then calendar_private.text_or_null(request.lead_id) end;
    _digest text;
    _end timestamptz;
    _broker calendar.brokers;
    _type calendar.meeting_types;
    _booking calendar.bookings;
    -- The first answer to the key, where it was a booking that the lead had already.
    _earlier calendar.bookings;
    _is_known boolean := false;
    _is_reused boolean := false;
    _needs_confirmation boolean;
    _reason text;
    _constraint text;
begin
    request := calendar_private.plain_request(request);
    -- What the public says about the channel is not proven.
    request.created_by := case when _is_public then 'public'
                               else coalesce(request.created_by, case access when 'owner' then 'broker' else access end) end;
    perform calendar_private.check_booking_request(request);
    if _is_public and not _is_visitor and request.hold_minutes is not null then
        raise exception 'hold_minutes must be null for public callers' using errcode = '22023';
    end if;
    if request.idempotency_key is not null then
        _digest := calendar_private.request_digest(request);
    end if;

    begin
        -- Before the broker, as who deletes it does.
        perform from calendar.calendars as c where c.broker_id = request.broker_id and c.is_primary for key share;
        select b.* into _broker from calendar.brokers as b
         where b.id = request.broker_id for no key update;
        if not found then
            raise exception 'broker_not_found' using errcode = 'PT404';
        end if;
        if request.meeting_type is not null then
            _type := calendar_private.find_meeting_type(
                request.broker_id, request.meeting_type, case when _is_public then 'public' else access end);
        end if;
        _end := coalesce(
            request.slot_end,
            request.slot_start + make_interval(mins => coalesce(_type.durations[1], _broker.slot_duration_minutes)));

        for _booking in
            select r.* from calendar_private.related_bookings(
                request.broker_id, request.slot_start, _end, request.idempotency_key, _global_lead_id) as r
        loop
            if (_booking.broker_id, _booking.idempotency_key, _booking.is_public)
               = (request.broker_id, request.idempotency_key, _is_public) then
                _is_known := _booking.request_digest = _digest;
                _is_reused := not _is_known;
            elsif _is_public or _booking.is_public then
                -- What a public caller says about a lead is not proven: it affects no other caller.
                continue;
            elsif _booking.slot_start = request.slot_start
                  and (_booking.status in ('pending', 'confirmed')
                       or _booking.status = 'held' and _booking.hold_expires_at > _now) then
                if _booking.broker_id <> request.broker_id then
                    raise exception 'lead_busy' using errcode = 'PT409';
                end if;
                _is_known := _booking.slot_end = _end
                    and calendar_private.is_same_lead(_booking, request);
            end if;
            exit when _is_known or _is_reused;
        end loop;
        if request.idempotency_key is not null and not _is_public and not _is_reused
           and not (_is_known and _booking.idempotency_key is not distinct from request.idempotency_key) then
            select b.* into _earlier from calendar.bookings as b
             where b.broker_id = request.broker_id and b.further_keys ? request.idempotency_key;
            if found then
                _booking := _earlier;
                _is_known := _earlier.further_keys ->> request.idempotency_key = _digest;
                _is_reused := not _is_known;
            elsif _is_known then
                _booking := calendar_private.remember_key(_booking.id, request.idempotency_key, _digest);
                if _booking.id is null then
                    -- It is newer than this transaction's snapshot.
                    perform calendar_private.raise_came_first();
                end if;
            end if;
        end if;
        if _is_known and _is_public then
            -- Where the booking is now; of the lead, what the request says: its key may be guessed.
            return jsonb_populate_record(null::calendar.booking, to_jsonb(request) || jsonb_build_object(
                'id', _booking.id, 'slot_start', _booking.slot_start, 'slot_end', _booking.slot_end,
                'status', _booking.status, 'timezone', _broker.timezone,
                'hold_expires_at', _booking.hold_expires_at,
                'created_at', _booking.created_at, 'updated_at', _booking.updated_at,
                'meeting_type_id', _booking.meeting_type_id));
        elsif _is_known then
            return calendar_private.shown_booking(_booking, _broker.timezone);
        end if;

        if _is_visitor then
            perform calendar_private.limit_holds(_broker, _type, _end - request.slot_start);
        elsif _is_public then
            perform calendar_private.limit_public(_broker, _end - request.slot_start, _type.durations);
        end if;
        if _is_reused and _is_public then
            raise exception 'idempotency_key_reused' using errcode = 'PT422';
        elsif _is_reused then
            raise exception 'idempotency_key_reused' using errcode = 'PT422',
                detail = jsonb_build_object('booking_id', _booking.id);
        end if;

        if request.meeting_type is not null then
            perform calendar_private.check_typed_request(request, _type, _end, not _is_visitor);
        elsif request.answers is not null then
            raise exception 'answers must be null without meeting_type' using errcode = '22023';
        end if;

        _reason := calendar_private.slot_verdict(
            request.broker_id, request.slot_start, _end, request.outside_hours, null, _type.id);
        if _reason is not null then
            raise exception '%', _reason using errcode = 'PT409';
        end if;

        _needs_confirmation := coalesce(_type.requires_confirmation, _broker.requires_confirmation);
        perform calendar_private.release_lapsed_holds(request.broker_id, request.slot_start, _end, _global_lead_id);
        insert into calendar.bookings (
            broker_id, slot_start, slot_end, buffer_before_minutes, buffer_after_minutes,
            status, hold_expires_at, calendar_id, lead_id, global_lead_id, lead_name, lead_email,
            lead_phone, lead_timezone, title, notes, created_by, idempotency_key, request_digest, outside_hours,
            is_public, held_at, confirmed_at, created_at, updated_at, meeting_type_id, answers, lead_locale, meeting_link)
        values (
            request.broker_id, request.slot_start, _end,
            coalesce(_type.buffer_before_minutes, _broker.buffer_before_minutes),
            coalesce(_type.buffer_after_minutes, _broker.buffer_after_minutes),
            case when request.hold_minutes is not null then 'held'
                 when _needs_confirmation then 'pending'
                 else 'confirmed' end,
            _now + make_interval(mins => request.hold_minutes),
            (select c.id from calendar.calendars as c
              where c.broker_id = request.broker_id and c.is_primary),
            request.lead_id, _global_lead_id, request.lead_name, request.lead_email, request.lead_phone,
            request.lead_timezone, request.title, request.notes, request.created_by,
            request.idempotency_key, _digest, request.outside_hours, _is_public,
            case when request.hold_minutes is not null then _now end,
            case when request.hold_minutes is null and not _needs_confirmation then _now end,
            _now, _now, _type.id, request.answers, request.lead_locale,
            case when _type.location_kind = 'link' then _type.location end)
        returning * into _booking;
        return calendar_private.shown_booking(_booking, _broker.timezone);
    exception
        -- Here the broker's lock is let go: others need not wait for the alternatives.
        when sqlstate 'PT409' then
            _reason := sqlerrm;
        -- The lock and the check come first; this is for what slipped past both.
        when exclusion_violation or unique_violation or deadlock_detected then
            get stacked diagnostics _constraint = constraint_name;
            _reason := calendar_private.conflict_reason(
                sqlstate, _constraint, request.broker_id, request.slot_start, _end, request.outside_hours, null,
                _type.id);
            if _reason is null then
                raise;
            end if;
    end;
    perform calendar_private.raise_slot_unavailable(
        _reason, request.broker_id, request.slot_start, _end, _type.id, _global_lead_id);
end
$$;
comment on function calendar_private.make_booking(text, calendar_private.booking_request) is
    'book_calendar_slot once the caller''s access to the broker is known: service, owner, public, or visitor for hold_slot, which has no answers yet and limits of its own';
