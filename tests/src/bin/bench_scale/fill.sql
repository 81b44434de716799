-- A database that has been in use for two years; `bench` is no part of the extension.
create schema bench;

create function bench.broker(i integer) returns uuid
    language sql immutable parallel safe
begin atomic
    select pg_catalog.md5('broker ' || i)::uuid;
end;

create function bench.calendar(i integer, n integer) returns uuid
    language sql immutable parallel safe
begin atomic
    select pg_catalog.md5('calendar ' || i || ' ' || n)::uuid;
end;

create function bench.booking(i integer, k integer) returns uuid
    language sql immutable parallel safe
begin atomic
    select pg_catalog.md5('booking ' || i || ' ' || k)::uuid;
end;

-- When an event of a calendar starts: within the last ten months or the next two.
create function bench.event_start(i integer, k integer) returns timestamptz
    language sql stable
begin atomic
    select pg_catalog.date_trunc('day', calendar_private.current_instant(), 'UTC')
           + pg_catalog.make_interval(
                 days => abs(pg_catalog.hashint8(i * 100003::bigint + k) % 365) - 305,
                 mins => 780 + 30 * abs(pg_catalog.hashint8(i * 7919::bigint + k) % 18));
end;

-- Brokers first … last, each with an account of two calendars, hours, three overrides, 270 events, of
-- which two recur weekly, and 100 bookings, of which two are to come.
create procedure bench.fill(first integer, last integer)
    language plpgsql
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _today timestamptz := date_trunc('day', _now, 'UTC');
begin
    -- Rows as they are after two years: nothing is derived or queued.
    set local session_replication_role = replica;
    insert into calendar.brokers (id, name, timezone, email, booking_horizon_days)
    select bench.broker(i), 'Broker ' || i, 'America/New_York', 'broker' || i || '@example.com', 60
      from generate_series(first, last) as i;
    insert into calendar.accounts (id, broker_id, provider)
    select bench.broker(i), bench.broker(i), 'google' from generate_series(first, last) as i;
    insert into calendar.calendars (id, broker_id, account_id, external_calendar_id, timezone, is_primary, covered_until)
    select bench.calendar(i, n), bench.broker(i), bench.broker(i), 'calendar ' || n, 'America/New_York', n = 1,
           _now + interval '62 days'
      from generate_series(first, last) as i, generate_series(1, 2) as n;
    insert into calendar.sync_state (calendar_id, sync_token, last_success_at, last_full_at, last_attempt_at,
                                     pull_ended_at, covered_until)
    select bench.calendar(i, n), 'token', a.at, _now - interval '1 hour', a.at, clock_timestamp(), _now + interval '62 days'
      from generate_series(first, last) as i, generate_series(1, 2) as n,
           lateral (select _now - make_interval(secs => 60 + (i * 2 + n) % 240)) as a (at);
    insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
    select bench.broker(i), weekday, '09:00', '17:00'
      from generate_series(first, last) as i, generate_series(1, 5) as weekday;
    insert into calendar.availability_overrides (id, broker_id, kind, starts_at, ends_at, rrule)
    select md5('override ' || i || ' ' || n)::uuid, bench.broker(i), 'block', _today + n * interval '37 hours',
           _today + n * interval '37 hours' + interval '1 hour', case n when 1 then 'FREQ=WEEKLY' end
      from generate_series(first, last) as i, generate_series(1, 3) as n;
    insert into calendar.override_occurrences (broker_id, override_id, kind, starts_at, ends_at)
    select bench.broker(i), md5('override ' || i || ' ' || n)::uuid, 'block',
           _today + n * interval '37 hours' + w * interval '7 days',
           _today + n * interval '37 hours' + w * interval '7 days' + interval '1 hour'
      from generate_series(first, last) as i, generate_series(1, 3) as n, generate_series(0, 56) as w
     where n = 1 or w = 0;
    -- The two that recur come first.
    with made as (
        insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, title, recurrence, raw)
        select bench.calendar(i, n), 'event ' || k,
               case when k = 1 then _today - interval '20 days' + (i % 9) * interval '1 hour' + n * interval '2 days'
                    else bench.event_start(i * 2 + n, k) end,
               case when k = 1 then _today - interval '20 days' + (i % 9) * interval '1 hour' + n * interval '2 days'
                    else bench.event_start(i * 2 + n, k) end + interval '30 minutes',
               'Meeting ' || k, case k when 1 then 'RRULE:FREQ=WEEKLY' end,
               jsonb_build_object('id', 'event ' || k, 'organizer', 'someone@example.com')
          from generate_series(first, last) as i, generate_series(1, 2) as n, generate_series(1, 135) as k
        returning calendar_id, id, starts_at, ends_at, recurrence
    )
    insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
    select c.broker_id, c.id, m.id, m.starts_at + w * interval '7 days', m.ends_at + w * interval '7 days'
      from made as m
      join calendar.calendars as c on c.id = m.calendar_id
     cross join lateral generate_series(0, case when m.recurrence is null then 0 else 59 end) as w
     order by m.starts_at;
    insert into calendar.bookings (id, broker_id, calendar_id, slot_start, slot_end, status, hold_expires_at, held_at,
                                   lead_name, lead_email, lead_phone, created_by, created_at, updated_at)
    select bench.booking(i, k), bench.broker(i), bench.calendar(i, 1), s.at, s.at + interval '30 minutes',
           case when k % 20 = 0 then 'held' when k % 10 = 1 then 'cancelled' when k > 98 then 'confirmed' else 'completed' end,
           case when k % 20 = 0 then s.at - interval '8 days' + interval '5 minutes' end,
           case when k % 20 = 0 then s.at - interval '8 days' end,
           'Lead ' || i || ' ' || k, 'lead' || i || '.' || k || '@example.com', '+1555' || lpad((i * 100 + k)::text, 8, '0'),
           (array['voice', 'website', 'n8n'])[1 + k % 3], s.at - interval '8 days', s.at - interval '8 days'
      from generate_series(first, last) as i, generate_series(1, 100) as k,
           lateral (select _today + interval '10 hours' + (i % 16) * interval '30 minutes'
                           + case when k <= 98 then (k - 99) * 8 else (k - 98) * 5 end * interval '1 day') as s (at);
    insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
    select b.id, b.calendar_id, 'bk' || replace(b.id::text, '-', '')
      from calendar.bookings as b
     where b.broker_id = any (array(select bench.broker(i) from generate_series(first, last) as i))
       and b.status in ('confirmed', 'completed');
    insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, title, booking_id, spared_from, spared_until)
    select m.calendar_id, m.external_event_id, b.slot_start, b.slot_end, 'Appointment', b.id, b.slot_start, b.slot_end
      from calendar.bookings as b
      join calendar.event_mappings as m on m.booking_id = b.id
     where b.broker_id = any (array(select bench.broker(i) from generate_series(first, last) as i))
       and b.slot_start > _now;
    insert into calendar.outbox (broker_id, booking_id, calendar_id, operation, created_at, next_attempt_at, attempts, done_at)
    select b.broker_id, b.id, b.calendar_id, 'create', b.created_at, b.created_at, 1, b.created_at
      from calendar.bookings as b
     where b.broker_id = any (array(select bench.broker(i) from generate_series(first, last) as i))
       and b.created_at > _now - interval '30 days';
    insert into calendar.audit_log (broker_id, table_name, row_id, operation, changed_at, db_role, new_row)
    select b.broker_id, 'bookings', b.id, 'insert', b.created_at, 'service_role', jsonb_build_object('id', b.id, 'status', b.status)
      from calendar.bookings as b
     where b.broker_id = any (array(select bench.broker(i) from generate_series(first, last) as i));
    insert into calendar.sync_logs (calendar_id, logged_at, is_full, created, updated, deleted, unchanged, rejected)
    select bench.calendar(i, n), _now - d * interval '1 day', d % 2 = 0, 1, 0, 0, 0, 0
      from generate_series(first, last) as i, generate_series(1, 2) as n, generate_series(1, 30) as d;
end
$$;

-- So many more events for the first calendar of broker i, 40 for each day that is past, and those of the
-- next weeks. Blocks reach back as far as they are kept.
create procedure bench.enlarge(i integer, count integer)
    language plpgsql
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    set local session_replication_role = replica;
    with made as (
        insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, title)
        select bench.calendar(i, 1), 'more ' || k, a.at, a.at + interval '30 minutes', 'Meeting ' || k
          from generate_series(1, count) as k,
               lateral (select date_trunc('hour', _now) + interval '40 days' - k * interval '36 minutes') as a (at)
        returning calendar_id, id, starts_at, ends_at
    )
    insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
    select bench.broker(i), m.calendar_id, m.id, m.starts_at, m.ends_at
      from made as m where m.starts_at > _now - interval '31 days' order by m.starts_at;
end
$$;

grant usage on schema bench to public;
