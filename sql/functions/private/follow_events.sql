create function calendar_private.follow_events(
    broker_id uuid,
    bookings uuid[],
    asked_at timestamptz,
    is_look boolean default false
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _own record;
    _candidates uuid[];
    _doubtful uuid[] := '{}';
    -- Those that have moved, in the order in which they were booked, and where to.
    _moved uuid[] := '{}';
    _slots tstzrange[] := '{}';
    _fitting uuid[];
begin
    perform calendar_private.lock_broker(broker_id);
    -- Those that wait may make room for each other: the halves of a swap can come in two batches.
    _candidates := bookings || array(
        select m.booking_id
          from calendar.event_mappings as m
          join calendar.bookings as b on b.id = m.booking_id
         where m.problem is not null and b.broker_id = follow_events.broker_id);
    for _own in
        select t.*, b.slot_start, b.slot_end, b.problem as booking_problem, m.moved_at, m.problem,
               (m.written ->> 'start')::timestamptz as written_start, (m.written ->> 'end')::timestamptz as written_end,
               exists (select from calendar.outbox as o
                        where o.booking_id = b.id and o.done_at is null and o.operation <> 'look') as is_due
          from calendar_private.own_event_times(_candidates) as t
          join calendar.bookings as b on b.id = t.booking_id
          join calendar.event_mappings as m
            on m.calendar_id = t.calendar_id and m.external_event_id = t.external_event_id
         where b.broker_id = follow_events.broker_id
           and b.status in ('pending', 'confirmed')
           -- What is over stays as it was, unless it was put off.
           and (b.slot_end > _now or t.ends_at > _now and not t.is_gone)
         order by b.created_at, b.id
    loop
        if _own.is_gone then
            _doubtful := _doubtful || _own.booking_id;
        elsif not _own.is_all_day and (_own.starts_at, _own.ends_at) = (_own.slot_start, _own.slot_end) then
            perform calendar_private.note_unfollowed(_own.booking_id, null);
        elsif _own.moved_at > asked_at then
            -- What we wrote since is newer, but the event may have been moved after that.
            _doubtful := _doubtful || _own.booking_id;
        elsif _own.is_due and (_own.written_start, _own.written_end) is distinct from (_own.slot_start, _own.slot_end) then
            -- What we have to say goes first.
            if _own.written_start is not null
               and (_own.starts_at, _own.ends_at) is distinct from (_own.written_start, _own.written_end) then
                insert into calendar.failure_logs
                       (broker_id, calendar_id, booking_id, external_event_id, operation, reason)
                values (follow_events.broker_id, _own.calendar_id, _own.booking_id,
                        calendar_private.one_line(_own.external_event_id), 'follow_events',
                        'moved here and at the provider: the time of the booking is kept');
            end if;
        elsif _own.is_all_day then
            perform calendar_private.note_unfollowed(
                _own.booking_id, 'the event at the provider is all-day: the booking keeps its time');
        elsif _own.starts_at >= _own.ends_at or _own.ends_at > _own.starts_at + interval '24 hours' then
            perform calendar_private.note_unfollowed(
                _own.booking_id, 'the event at the provider has a length that no booking can have: the booking keeps its time');
        else
            _moved := _moved || _own.booking_id;
            _slots := _slots || tstzrange(_own.starts_at, _own.ends_at);
        end if;
    end loop;
    while _moved <> '{}' loop
        _fitting := calendar_private.moves_that_fit(follow_events.broker_id, _moved, _slots);
        if _fitting = '{}' then
            -- One that was left out for another may fit by itself.
            select array[w.id] into _fitting
              from unnest(_moved, _slots) with ordinality as w (id, slot, at)
             where calendar_private.moves_that_fit(follow_events.broker_id, array[w.id], array[w.slot]) <> '{}'
             order by w.at
             limit 1;
        end if;
        exit when _fitting is null;
        perform calendar_private.move_with_events(
            follow_events.broker_id, _fitting,
            array(select w.slot from unnest(_fitting) with ordinality as f (id, at)
                    join unnest(_moved, _slots) as w (id, slot) on w.id = f.id order by f.at));
        select coalesce(array_agg(w.id order by w.at), '{}'), coalesce(array_agg(w.slot order by w.at), '{}')
          into _moved, _slots
          from unnest(_moved, _slots) with ordinality as w (id, slot, at)
         where w.id <> all (_fitting);
    end loop;
    perform calendar_private.note_unfollowed(
               w.id, 'the event was moved to the time of another booking: the booking keeps its time until that time is free')
       from unnest(_moved) as w (id);
    -- What a look has just seen is not asked for again.
    if not is_look and _doubtful <> '{}' then
        perform calendar_private.queue_looks(_doubtful);
    end if;
end
$$;
comment on function calendar_private.follow_events(uuid, uuid[], timestamptz, boolean) is
    'Lets bookings of a broker follow their own events, where these were moved at the provider. bookings: those whose events have changed; those that wait for the time to which their event was moved are tried again with them. asked_at: when the provider was asked; null = nothing of it is new. is_look: whether it was asked for the event itself. A booking that is over follows only to a time to come. A time that another booking has is not followed, and neither is one that no booking can have; where the event seems to be gone, a look is queued.';
