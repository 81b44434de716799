create function calendar_sync.finish_push(
    lease_id uuid,
    external_event_id text default null,
    etag text default null,
    meeting_link text default null,
    written jsonb default null,
    problem text default null,
    calendar_id uuid default null
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings;
    _calendar_id uuid;
    _account_id uuid;
    -- What we wrote before, if that is known.
    _before jsonb;
    -- The time that was written, if it was.
    _slot_start timestamptz;
    _slot_end timestamptz;
    _problem text;
begin
    perform calendar_private.check_text('external_event_id', finish_push.external_event_id, 2000);
    perform calendar_private.check_text('etag', finish_push.etag, 2000);
    perform calendar_private.check_text('meeting_link', finish_push.meeting_link, 10000);
    perform calendar_private.check_text('problem', finish_push.problem, 10000);
    problem := calendar_private.one_line(left(problem, 1000));
    perform calendar_private.check_keys('written', written, array[
        'kind', 'id', 'start', 'end', 'timezone', 'title', 'notes', 'place', 'is_tentative', 'sequence', 'lead', 'broker',
        'date', 'url', 'reminders']);
    if (written ->> 'date' is null or written ->> 'kind' is distinct from 'obligation')
       and not (calendar_private.is_instant(written ->> 'start') and calendar_private.is_instant(written ->> 'end')) then
        raise exception 'written must have instants such as "2026-12-01T09:00:00Z" as start and end, not % and %',
            calendar_private.quoted(written ->> 'start'), calendar_private.quoted(written ->> 'end') using errcode = '22023';
    end if;
    _booking := calendar_private.find_push(lease_id, calendar_id, with_events => true);
    _account_id := calendar_private.account_of_push(lease_id);
    if _booking.id is null then
        perform calendar_private.finish_obligation(lease_id, calendar_id, external_event_id, etag, written, problem);
    elsif external_event_id is null then
        perform calendar_private.forget_event(_booking);
    else
        select m.written into _before
          from calendar.event_mappings as m where m.booking_id = _booking.id;
        _calendar_id := calendar_private.map_event(
            _booking.id, finish_push.calendar_id, external_event_id, etag, written);
        update calendar.bookings as b
           set provider_event_id = finish_push.external_event_id,
               -- A link of another kind is the provider's mistake: the booking is written all the same.
               meeting_link = case when calendar_private.is_web_address(finish_push.meeting_link)
                                   then finish_push.meeting_link else b.meeting_link end
         where b.id = _booking.id;
        -- A move by the owner stays unless we wrote another time.
        if _before is null or written is null
           or (_before ->> 'start')::timestamptz <> (written ->> 'start')::timestamptz
           or (_before ->> 'end')::timestamptz <> (written ->> 'end')::timestamptz
        then
            _slot_start := coalesce((written ->> 'start')::timestamptz, _booking.slot_start);
            _slot_end := coalesce((written ->> 'end')::timestamptz, _booking.slot_end);
            update calendar.event_mappings as m
               set moved_at = calendar_private.current_instant(), problem = null
             where m.calendar_id = _calendar_id and m.external_event_id = finish_push.external_event_id;
            -- No pull may show it: it may be outside of the window now. Of a series, an override was written.
            update calendar.events as e
               set starts_at = _slot_start, ends_at = _slot_end
             where e.calendar_id = _calendar_id and e.external_event_id = finish_push.external_event_id
               and e.recurrence_id is null and e.recurrence is null and not e.is_all_day
               and (e.starts_at, e.ends_at) <> (_slot_start, _slot_end);
        end if;
        select m.problem into _problem from calendar.event_mappings as m
         where m.calendar_id = _calendar_id and m.external_event_id = finish_push.external_event_id;
    end if;
    if _booking.id is not null then
        perform calendar_private.note_problem(_booking, coalesce(finish_push.problem, _problem));
        _account_id := (select t.account_id from calendar_private.push_target(_booking.id) as t);
    end if;
    perform calendar_private.accept_credential(_account_id);
    perform calendar_private.end_push(lease_id);
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.finish_push(uuid, text, text, text, jsonb, text, uuid) is
$$Ends a push that succeeded: the provider's event now matches the booking or deadline as it was leased. Later changes remain to be written.

lease_id: the push. external_event_id: the provider's id of the event; null = the event no longer exists. etag: the event's version mark. meeting_link: where to meet online; ignored unless it is an http or https address of at most 2000 characters. written: event as lease_pushes returned it, which the event now says. problem: what of it the provider refused although the event was written, in plain words; null = nothing. calendar_id: the calendar of the account that the event is in; null = where it was, or where it is to be written; the event of a deadline can be in no other.

Errors: PT409 lease_lost; PT404 calendar_not_found for a calendar of another account; 22023.$$;
grant execute on function calendar_sync.finish_push(uuid, text, text, text, jsonb, text, uuid) to calendar_agent;
