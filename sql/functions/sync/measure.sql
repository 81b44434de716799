create function calendar_sync.measure() returns table (
    provider text,
    calendars_ok bigint,
    calendars_failing bigint,
    calendars_off bigint,
    calendar_age_seconds_max double precision,
    outbox_open bigint,
    outbox_oldest_seconds double precision
)
    language plpgsql stable security definer rows 5
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    return query
    with known as (
        select a.provider, s.last_success_at, s.problem,
               a.status in ('active', 'needs_reconnect') and c.sync_enabled and c.gone_at is null as is_on,
               a.status = 'active' as is_connected,
               -- One that is pulled less often by setting is not late.
               coalesce(c.sync_interval_minutes, 0) * 60 as spared,
               coalesce(s.last_success_at, c.created_at) as since
          from calendar.calendars as c
          join calendar.accounts as a on a.id = c.account_id
          left join calendar.sync_state as s on s.calendar_id = c.id
    ), calendars as (
        select k.provider,
               count(*) filter (where k.is_on and k.is_connected and k.problem is null and k.last_success_at is not null) as ok,
               count(*) filter (where not k.is_on) as off, count(*) as all_of_them,
               max(greatest(extract(epoch from _now - k.since) - k.spared, 0)) filter (where k.is_on) as age
          from known as k
         group by k.provider
    ), pushes as (
        select a.provider, count(*) as open, max(extract(epoch from _now - o.created_at)) as age
          from calendar.outbox as o
          join calendar.calendars as c on c.id = o.calendar_id
          join calendar.accounts as a on a.id = c.account_id
         where o.done_at is null and o.obligation_id is null and o.operation <> 'look'
         group by a.provider
    )
    -- Each provider, so that no series comes and goes.
    select p.name, coalesce(c.ok, 0), coalesce(c.all_of_them - c.ok - c.off, 0), coalesce(c.off, 0),
           coalesce(c.age, 0)::double precision, coalesce(o.open, 0), coalesce(o.age, 0)::double precision
      from unnest(array['google', 'microsoft', 'caldav', 'ics', 'ghl']) as p (name)
      left join calendars as c on c.provider = p.name
      left join pushes as o on o.provider = p.name;
end
$$;
comment on function calendar_sync.measure() is
$$Measures how the calendars and bookings do at each provider, for the agent's metrics. Reads each calendar once.

Returns one row for each provider, also for those without a calendar: calendars_ok = in sync; calendars_failing = their last pull failed, they were never pulled, or their account must be connected again; calendars_off = switched off, paused, disconnected or gone at the provider; calendar_age_seconds_max = how long ago the calendar that has waited longest was in sync, less its own sync interval (0 = there is no such calendar); outbox_open = changes of bookings that are not yet at the provider; outbox_oldest_seconds = the age of the oldest of them.$$;
grant execute on function calendar_sync.measure() to calendar_agent;
