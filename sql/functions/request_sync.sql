create function calendar.request_sync(
    broker_id uuid default null,
    calendar_id uuid default null,
    direction text default 'bidirectional'
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _broker uuid := coalesce(broker_id, case when calendar_id is null then calendar_private.own_broker() end);
    _calendars uuid[];
    _again_at timestamptz;
    _bookings uuid[] := '{}';
    _obligations integer := 0;
begin
    direction := coalesce(calendar_private.text_or_null(direction), 'bidirectional');
    if direction not in ('bidirectional', 'from_calendar', 'to_calendar') then
        raise exception 'direction must be bidirectional, from_calendar or to_calendar, not %',
            calendar_private.quoted(direction) using errcode = '22023';
    elsif _broker is null and calendar_id is null then
        raise exception 'broker_id must not be null without calendar_id' using errcode = '22023';
    elsif calendar_id is null then
        perform calendar_private.require_broker(_broker, 'owner');
    else
        select c.broker_id into _broker from calendar.calendars as c
         where c.id = request_sync.calendar_id and c.account_id is not null
           and c.broker_id = coalesce(request_sync.broker_id, c.broker_id);
        if not found or coalesce(calendar_private.caller_access(_broker), 'public') = 'public' then
            raise exception 'calendar_not_found' using errcode = 'PT404';
        end if;
    end if;
    _calendars := array(
        select c.id from calendar.calendars as c
         where c.broker_id = _broker and c.account_id is not null
           and c.id = coalesce(request_sync.calendar_id, c.id)
         order by c.id);

    if direction <> 'from_calendar' then
        with due as (
            update calendar.outbox as o
               set next_attempt_at = _now
             where o.id = any (array(
                       select w.id
                         from calendar.outbox as w
                        where w.broker_id = _broker and w.done_at is null
                          and w.next_attempt_at > _now and (w.paused_until is null or w.paused_until <= _now)
                          and case when w.booking_id is not null then
                                       exists (select from calendar_private.push_target(w.booking_id) as t
                                                where t.calendar_id = any (_calendars))
                                   else w.calendar_id = any (_calendars) end
                        order by w.id
                          -- An agent is at work on it.
                          for no key update skip locked))
            returning o.booking_id, o.obligation_id
        )
        select coalesce(array_agg(distinct d.booking_id) filter (where d.booking_id is not null), '{}'),
               count(distinct d.obligation_id)
          into _bookings, _obligations from due as d;
    end if;

    insert into calendar.sync_state (calendar_id) select c.id from unnest(_calendars) as c (id)
    on conflict do nothing;
    perform from calendar.sync_state as s where s.calendar_id = any (_calendars) order by s.calendar_id for no key update;
    select min(s.requested_at) + interval '10 seconds' into _again_at
      from calendar.sync_state as s
     where s.calendar_id = any (_calendars)
    having bool_and(coalesce(s.requested_at > _now - interval '10 seconds', false));
    if _again_at is not null then
        perform calendar_private.raise_rate_limited(_again_at - _now);
    end if;
    update calendar.sync_state as s
       set requested_at = _now,
           last_attempt_at = case when direction = 'to_calendar' then s.last_attempt_at end,
           next_attempt_at = case when direction = 'to_calendar' then s.next_attempt_at
                                  when s.paused_until > _now then s.paused_until end
     where s.calendar_id = any (_calendars)
       and coalesce(s.requested_at <= _now - interval '10 seconds', true);
    if direction <> 'to_calendar' then
        perform pg_notify('calendar_pull', c.id::text) from unnest(_calendars) as c (id);
    end if;
    if _bookings <> '{}' or _obligations > 0 then
        perform calendar_private.wake_agents(_bookings[1]);
    end if;
    return jsonb_build_object(
        'bookings', cardinality(_bookings),
        'obligations', _obligations,
        'calendars', (
            select coalesce(jsonb_agg(jsonb_build_object(
                       'calendar_id', c.id,
                       'display_name', coalesce(c.display_name, c.external_calendar_id),
                       'state', case when a.status in ('paused', 'disconnected') or not c.sync_enabled then 'off'
                                     when s.paused_until > _now then 'paused'
                                     when s.leased_until > _now then 'under_way'
                                     else 'due' end,
                       'paused_until', case when s.paused_until > _now then calendar_private.json_instant(s.paused_until) end)
                       order by c.id), '[]')
              from calendar.calendars as c
              join calendar.accounts as a on a.id = c.account_id
              join calendar.sync_state as s on s.calendar_id = c.id
             where c.id = any (_calendars)));
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar.request_sync(uuid, uuid, text) is
$$Makes the calendars of a broker, or one calendar, due for a sync now, and notifies agents. A provider that asked to be left alone for a time is not asked earlier.

broker_id: the broker (the caller, where it is one). calendar_id: one calendar of an account. direction: from_calendar reads the calendar's events, to_calendar writes bookings and deadlines that wait, bidirectional does both.

Returns {"bookings": how many that waited are written now, "obligations": how many deadlines, "calendars": [{"calendar_id", "display_name", "state", "paused_until"}]}. "state" is due, under_way (an agent is reading it), paused (until "paused_until", as the provider asked) or off (its account is paused or disconnected, or it has no sync_enabled).

Errors: PT404 broker_not_found or calendar_not_found, also for anyone but the broker and calendar_service; PT429 rate_limited within 10 seconds of the last request for each of the calendars, whose detail is {"retry_after": seconds}; 42501; 22023.$$;
grant execute on function calendar.request_sync(uuid, uuid, text) to calendar_agent;
