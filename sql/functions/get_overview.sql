create function calendar.get_overview(max_problems integer default 50) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _health jsonb;
    _outbox jsonb;
    _failures jsonb;
begin
    perform calendar_private.require_service();
    max_problems := coalesce(max_problems, 50);
    perform calendar_private.check_most('max_problems', max_problems);
    with health as materialized (
        select h.*, c.sync_enabled
          from calendar.sync_health as h
          join calendar.calendars as c on c.id = h.calendar_id
    ), unwritten as materialized (
        select t.calendar_id, count(distinct o.booking_id) as bookings
          from calendar.outbox as o
         cross join lateral calendar_private.push_target(o.booking_id) as t
         where o.done_at is null and o.obligation_id is null
         group by t.calendar_id
    ), wrong as (
        select h.*, u.bookings,
               case when h.account_status = 'needs_reconnect' then 'reconnect'
                    when h.gone_at is not null then 'gone'
                    when h.failures > 0 or h.drift > interval '15 minutes' or h.last_success_at is null then 'behind'
                    else 'rejected' end as kind
          from health as h
          left join unwritten as u on u.calendar_id = h.calendar_id
         where h.problem is not null and h.account_status not in ('paused', 'disconnected') and h.sync_enabled
    ), worst as (
        select w.*
          from wrong as w
         order by array_position(array['reconnect', 'gone', 'behind', 'rejected'], w.kind),
                  coalesce(w.bookings, 0) desc, w.last_success_at nulls first, w.calendar_id
         limit max_problems
    )
    select jsonb_build_object(
               'calendars', (select count(*) from health),
               'up_to_date', (select count(*) from health as h where h.problem is null),
               'oldest_success_at', (
                   select calendar_private.json_instant(min(coalesce(h.last_success_at, '-infinity')))
                     from health as h
                    where h.account_status not in ('paused', 'disconnected') and h.sync_enabled and h.gone_at is null
                      and h.last_success_at is not null),
               'wrong', (select count(*) from wrong),
               'problems', coalesce((
                   select jsonb_agg(jsonb_build_object(
                              'kind', w.kind, 'calendar_id', w.calendar_id, 'account_id', w.account_id,
                              'broker_id', w.broker_id, 'broker_name', w.broker_name, 'provider', w.provider,
                              'display_name', w.display_name, 'problem', w.problem,
                              'since', calendar_private.json_instant(w.last_success_at),
                              'next_attempt_at', calendar_private.json_instant(w.next_attempt_at),
                              'unwritten_bookings', coalesce(w.bookings, 0)))
                     from worst as w), '[]'))
      into _health;
    select jsonb_build_object(
               'bookings_to_write', count(distinct o.booking_id),
               'oldest_due_at', calendar_private.json_instant(min(o.created_at)),
               'obligations_to_write', (
                   select count(*) from calendar.outbox as w where w.done_at is null and w.obligation_id is not null))
      into _outbox
      from calendar.outbox as o
     where o.done_at is null and o.obligation_id is null and exists (select from calendar_private.push_target(o.booking_id));
    select jsonb_build_object(
               'failures_today', count(*),
               'open_failures', count(*) filter (where f.resolved_at is null))
      into _failures
      from calendar.failure_logs as f
     where f.logged_at > _now - interval '1 day';
    return _health || _outbox || _failures || jsonb_build_object(
        'now', calendar_private.json_instant(_now),
        'brokers', (select count(*) from calendar.brokers),
        'agents', (
            select coalesce(jsonb_agg(jsonb_build_object(
                       'id', a.id, 'version', a.version, 'public_url', a.public_url, 'providers', a.providers,
                       'started_at', calendar_private.json_instant(a.started_at),
                       'last_seen_at', calendar_private.json_instant(a.last_seen_at)) order by a.last_seen_at desc), '[]')
              from calendar.agents as a where a.last_seen_at > _now - interval '1 day'));
end
$$;
comment on function calendar.get_overview(integer) is
$$What an operator looks at first: {"now", "brokers": how many, "calendars": at providers, "up_to_date": of these, "oldest_success_at": the oldest last successful pull, "bookings_to_write", "oldest_due_at": since when the first of them waits, "obligations_to_write": how many writes of deadlines wait, "failures_today": within a day, "open_failures": of these, those that are neither retried nor dismissed, "wrong": how many calendars have a problem, "problems": [{"kind": reconnect (sign in again)|gone|behind|rejected, "calendar_id", "account_id", "broker_id", "broker_name", "provider", "display_name", "problem": in plain words, "since": the last successful pull, "next_attempt_at", "unwritten_bookings"}], worst first, "agents": [{"id", "version", "public_url", "providers": whose accounts it can connect, "started_at", "last_seen_at"}] seen within a day}. Instants are in UTC.

max_problems: at most so many problems, 1 to 1000.

Errors: 42501 for anyone but calendar_service and operators; 22023.$$;
