-- What the benchmarks run on; `bench` is no part of the extension.
create schema bench;

create function bench.broker(i integer) returns uuid
    language sql immutable parallel safe
begin atomic
    select pg_catalog.md5('broker ' || i)::uuid;
end;

create function bench.zone(i integer) returns text
    language sql immutable
begin atomic
    select (array['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles',
                  'Europe/London', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Sydney',
                  'America/Sao_Paulo', 'Asia/Tokyo'])[1 + i % 10];
end;

-- Brokers first … last with two calendars each, hours from Monday to Friday or Saturday with
-- a break for some, and three overrides.
create procedure bench.make_brokers(first integer, last integer)
    language plpgsql
as $$
begin
    insert into calendar.brokers (id, name, timezone, buffer_before_minutes, buffer_after_minutes, booking_horizon_days)
    select bench.broker(i), 'Broker ' || i, bench.zone(i), i % 3 * 5, i % 2 * 10, 365
      from generate_series(first, last) as i;
    insert into calendar.calendars (id, broker_id, timezone, is_primary)
    select md5('calendar ' || i || ' ' || n)::uuid, bench.broker(i), bench.zone(i), n = 1
      from generate_series(first, last) as i, generate_series(1, 2) as n;
    insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
    select bench.broker(i), weekday, h.starts, h.ends
      from generate_series(first, last) as i,
           generate_series(1, 5 + i % 2) as weekday,
           lateral (select time '09:00' as starts, time '17:00' as ends where i % 3 > 0
                    union all
                    select h.* from (values (time '08:30', time '12:00'), ('13:00', '17:30')) as h
                     where i % 3 = 0) as h (starts, ends);
    insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
    select bench.broker(i), o.kind, o.starts at time zone bench.zone(i), o.ends at time zone bench.zone(i), o.rrule
      from generate_series(first, last) as i,
           (values ('block', timestamp '2026-03-05 12:00', timestamp '2026-03-05 14:00', null),
                   ('open', '2026-03-04 18:00', '2026-03-04 20:00', 'FREQ=WEEKLY'),
                   ('replace', '2026-03-10 10:00', '2026-03-10 15:00', null)) as o (kind, starts, ends, rrule);
end
$$;

-- Working time of 2026 in half hours, as something to spread meetings over.
create function bench.meeting_start(i integer, n integer, days integer) returns timestamp
    language sql immutable
begin atomic
    select timestamp '2026-01-01 08:00'
           + pg_catalog.make_interval(days => abs(pg_catalog.hashint8(i * 100003::bigint + n)) % days)
           + pg_catalog.make_interval(mins => 30 * (abs(pg_catalog.hashint8(i * 7919::bigint + n)) % 18));
end;

-- The events of one of the two calendars of a broker: 10 that recur 24 times and 260 that do not.
create function bench.batch(i integer, n integer) returns jsonb
    language sql stable
begin atomic
    select pg_catalog.jsonb_build_object('full', true, 'events', pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'external_event_id', 'event ' || k,
               'title', 'Meeting ' || k,
               'timezone', bench.zone(i),
               'starts_at', starts,
               'ends_at', starts + pg_catalog.make_interval(mins => 30 + 30 * (k % 2)),
               'recurrence', case when k <= 10 then 'RRULE:FREQ=WEEKLY;COUNT=24' end)))
      from pg_catalog.generate_series(1, 270) as k,
           lateral (select bench.meeting_start(i, n * 1000 + k, case when k <= 10 then 200 else 365 end)
                           at time zone bench.zone(i) as starts) as s;
end;

create procedure bench.fill_calendars(first integer, last integer)
    language plpgsql
as $$
begin
    for _i in first .. last loop
        perform calendar.apply_sync(md5('calendar ' || _i || ' ' || n)::uuid, bench.batch(_i, n))
           from generate_series(1, 2) as n;
        insert into calendar.bookings (broker_id, calendar_id, slot_start, slot_end, status,
                                       buffer_before_minutes, buffer_after_minutes)
        select bench.broker(_i), md5('calendar ' || _i || ' 1')::uuid, starts, starts + interval '30 minutes',
               'confirmed', 0, _i % 2 * 10
          from generate_series(0, 49) as k,
               lateral (select (timestamp '2026-01-05 16:30' + make_interval(days => k * 7))
                               at time zone bench.zone(_i) as starts) as s;
        commit;
    end loop;
end
$$;
