create function calendar_sync.check_alerts() returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _reported integer := 0;
    _alert record;
begin
    -- One agent at a time is enough.
    if not pg_try_advisory_xact_lock(hashtextextended('calendar_sync.check_alerts', 0)) then
        return 0;
    end if;
    for _alert in
        with accounts as (
            select a.id, a.provider, b.name as broker_name, f.problem
              from calendar.accounts as a
              join calendar.brokers as b on b.id = a.broker_id
              left join lateral (
                   -- Three times in a row, the last time for this reason.
                   select s.problem
                     from calendar.calendars as c
                     join calendar.sync_state as s on s.calendar_id = c.id
                    where c.account_id = a.id and c.sync_enabled and c.gone_at is null and s.failures >= 3
                   union all
                   select o.last_error
                     from calendar.calendars as c
                     join calendar.outbox as o on o.calendar_id = c.id
                    where c.account_id = a.id and o.done_at is null and o.attempts >= 3 and o.last_error is not null
                    limit 1) as f on true
             where a.status = 'active'
        ), providers as (
            select a.provider, count(*) as all_of_them, count(a.problem) as failing, min(a.problem) as problem,
                   count(a.problem) >= 2 and 2 * count(a.problem) >= count(*) as is_one_alert
              from accounts as a
             group by a.provider
        ), measured as materialized (
            select m.* from calendar_sync.measure() as m
        ), found as (
            select 'account:' || a.id as key,
                   format('the %s account of %s fails: %s', a.provider, a.broker_name, a.problem) as problem
              from accounts as a
              join providers as p on p.provider = a.provider
             where a.problem is not null and not p.is_one_alert
            union all
            select 'provider:' || p.provider,
                   format('%s of %s accounts at %s fail; one of them: %s', p.failing, p.all_of_them, p.provider, p.problem)
              from providers as p
             where p.is_one_alert
            union all
            select 'calendars:' || m.provider,
                   format('a calendar at %s was last in sync %s minutes ago', m.provider, floor(m.calendar_age_seconds_max / 60))
              from measured as m
             where m.calendar_age_seconds_max > 900
            union all
            select 'outbox:' || m.provider,
                   format('a booking has waited %s minutes to be written to %s', floor(m.outbox_oldest_seconds / 60), m.provider)
              from measured as m
             where m.outbox_oldest_seconds > 900
        )
        select f.key, f.problem from found as f
        union all
        select a.key, null from calendar.alerts as a
         where a.ended_at is null and a.key ~ '^(account|provider|calendars|outbox):'
           and a.key not in (select f.key from found as f)
         order by key
    loop
        _reported := _reported + calendar_sync.report_alert(_alert.key, _alert.problem)::integer;
    end loop;
    return _reported;
end
$$;
comment on function calendar_sync.check_alerts() is
$$Reports to operators what is wrong in all that the agents do, and what is over, as report_alert() does. Agents call it every minute.

Conditions: an account of which three pulls or writes in a row have failed; the same for half of a provider's accounts, which is one alert; a calendar that was last in sync 15 minutes ago; a booking that has waited 15 minutes to be written to its provider.

Returns how many conditions were reported.$$;
grant execute on function calendar_sync.check_alerts() to calendar_agent;
