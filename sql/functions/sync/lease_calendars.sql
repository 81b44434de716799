create function calendar_sync.lease_calendars(
    round_started_at timestamptz,
    max_age interval default '0',
    max_calendars integer default 10,
    lease_for interval default '60 seconds',
    only_calendar uuid default null,
    under_way uuid[] default '{}',
    max_per_account integer default 1000
) returns table (
    lease_id uuid,
    calendar_id uuid,
    account_id uuid,
    provider text,
    settings jsonb,
    external_calendar_id text,
    timezone text,
    owner_email text,
    sync_token text,
    window_start timestamptz,
    window_end timestamptz
)
    language plpgsql volatile security definer rows 10
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _candidates uuid[];
    _due uuid[];
begin
    max_age := coalesce(max_age, interval '0');
    max_calendars := coalesce(max_calendars, 10);
    lease_for := coalesce(lease_for, interval '60 seconds');
    under_way := coalesce(under_way, '{}');
    max_per_account := coalesce(max_per_account, 1000);
    if round_started_at is null then
        raise exception 'round_started_at must not be null' using errcode = '22023';
    elsif max_age not between interval '0' and interval '366 days' then
        raise exception 'max_age must be 0 to 366 days' using errcode = '22023';
    end if;
    perform calendar_private.check_lease('max_calendars', max_calendars, lease_for);
    perform calendar_private.check_share(under_way, max_per_account);
    insert into calendar.sync_state (calendar_id)
    select c.id from calendar.calendars as c
     -- Of the others, a pull has shown some time, or they are not kept in sync.
     where c.account_id is not null and c.covered_until = '-infinity'
       and not exists (select from calendar.sync_state as s where s.calendar_id = c.id)
       -- One that is being deleted is no reason to fail.
       for key share of c skip locked
    on conflict do nothing;
    if only_calendar is not null then
        _candidates := array[only_calendar];
    else
        -- Those that have waited longest, in the order of the index: what is read does not depend on
        -- how many calendars there are. Others are leased by the next call.
        _candidates := array(
            select s.calendar_id
              from calendar.sync_state as s
             cross join lateral (
                  select from calendar.calendars as c
                    join calendar.accounts as a on a.id = c.account_id
                   where c.id = s.calendar_id and c.sync_enabled and a.status in ('active', 'needs_reconnect')
                     and cardinality(array_positions(under_way, a.id)) < max_per_account
                     and (c.sync_interval_minutes is null or s.last_attempt_at is null
                          or s.last_attempt_at <= _now - make_interval(mins => c.sync_interval_minutes))
                  offset 0) as k
             where coalesce(s.last_attempt_at, '-infinity') <= _now - max_age
               and calendar_private.is_free(s.leased_until)
               and (s.pull_ended_at is null or s.pull_ended_at <= round_started_at)
               and (s.next_attempt_at is null or s.next_attempt_at <= _now)
             order by coalesce(s.last_attempt_at, '-infinity')
             limit 5 * max_calendars)
            -- The pull of a lapsed lease has never ended.
            || array(select s.calendar_id from calendar.sync_state as s
                      where s.lease_id is not null and s.leased_until <= _now and s.last_attempt_at > _now - max_age)
            -- Those that are pulled more often than others.
            || array(select s.calendar_id
                       from calendar.calendars as c
                       join calendar.sync_state as s on s.calendar_id = c.id
                      where c.sync_interval_minutes is not null
                        and make_interval(mins => c.sync_interval_minutes) < max_age
                        and s.last_attempt_at <= _now - make_interval(mins => c.sync_interval_minutes)
                      limit 5 * max_calendars);
    end if;
    with waiting as (
        select s.calendar_id, s.last_attempt_at,
               cardinality(array_positions(under_way, a.id))
               + row_number() over (partition by a.id order by s.last_attempt_at nulls first) as place
          from calendar.sync_state as s
          join calendar.calendars as c on c.id = s.calendar_id
          join calendar.accounts as a on a.id = c.account_id
         where s.calendar_id = any (_candidates)
           and a.status in ('active', 'needs_reconnect') and c.sync_enabled
           and calendar_private.is_free(s.leased_until)
           and case when only_calendar is not null then s.calendar_id = only_calendar
                    else (s.pull_ended_at is null or s.pull_ended_at <= round_started_at)
                     and (s.next_attempt_at is null or s.next_attempt_at <= _now)
                     -- The pull of a lapsed lease has never ended.
                     and (s.last_attempt_at is null
                          or s.last_attempt_at <= _now - coalesce(make_interval(mins => c.sync_interval_minutes), max_age)
                          or s.lease_id is not null) end
    ), due as (
        select s.calendar_id
          -- In order before the join, which then ends with the last one that is leased.
          from (select * from waiting where waiting.place <= max_per_account
                 order by waiting.last_attempt_at nulls first offset 0) as w
          join calendar.sync_state as s on s.calendar_id = w.calendar_id
         -- Again, for a row that another agent has changed meanwhile.
         where calendar_private.is_free(s.leased_until)
           and (only_calendar is not null or s.pull_ended_at is null or s.pull_ended_at <= round_started_at)
         order by w.last_attempt_at nulls first
         limit max_calendars
           for no key update of s skip locked
    )
    select array(select d.calendar_id from due as d) into _due;
    -- What an agent that died had brought, until the states were locked.
    delete from calendar.sync_pages as p where p.calendar_id = any (_due);
    return query
    with leased as (
        update calendar.sync_state as s
           set lease_id = gen_random_uuid(), leased_at = _now, leased_until = _now + lease_for, last_attempt_at = _now
         where s.calendar_id = any (_due)
        returning s.*
    )
    select l.lease_id, c.id, a.id, a.provider, a.settings, c.external_calendar_id, c.timezone::text, b.email,
           -- Windows do not roll on by themselves, and tokens may have missed something.
           -- The horizon may have become longer, too.
           case when l.last_full_at > _now - interval '1 day' and l.covered_until > w.ends_at - interval '1 day'
                     and c.gone_at is null
                     -- GoHighLevel's token is a digest of all events: it does not show one that was
                     -- written and deleted since.
                     and not (a.provider = 'ghl' and calendar_private.has_unseen_event(c.id))
                then l.sync_token end,
           _now - c.sync_past_days * interval '24 hours', w.ends_at
      from leased as l
      join calendar.calendars as c on c.id = l.calendar_id
      join calendar.accounts as a on a.id = c.account_id
      join calendar.brokers as b on b.id = c.broker_id
     -- Computed once for each.
     cross join lateral (
          select _now + coalesce(c.sync_future_days, calendar_private.longest_horizon_days(b) + 2) * interval '24 hours'
          offset 0) as w (ends_at);
end
$$;
comment on function calendar_sync.lease_calendars(timestamptz, interval, integer, interval, uuid, uuid[], integer) is
$$Leases calendars of accounts that are neither paused nor disconnected, if they have sync_enabled, that are due for a pull, so that no other agent pulls them at the same time. Call it until it returns no row.

round_started_at: the instant that begin_round() returned; a calendar whose pull ended after it is not leased, whichever agent pulled it. max_age: how long ago the last pull of a calendar that is due must have begun, unless it has sync_interval_minutes of its own. max_calendars: how many to lease, 1 to 1000. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it. only_calendar: this one alone, even if it is not due or waits after a failure. under_way: the accounts of what the caller is working on, an entry for each calendar. max_per_account: how many calendars of an account may be under way with those leased now, 1 to 1000, so that a slow account does not take every place.

Returns what a pull needs; sync_token is null where everything is to be brought, which is once a day at least, where the window has become longer, and at GoHighLevel until a pull has shown every event that we wrote. End it with finish_pull(), fail_pull() or release_leases().

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar_sync.lease_calendars(timestamptz, interval, integer, interval, uuid, uuid[], integer) to calendar_agent;
