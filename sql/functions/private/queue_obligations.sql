create function calendar_private.queue_obligations(
    broker_id uuid,
    obligations uuid[] default null,
    calendar_id uuid default null,
    most integer default null
) returns integer
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- The tables may have been empty when the plan was made.
    set enable_seqscan = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _queued integer;
begin
    with targets as materialized (
        select t.* from calendar_private.obligation_calendars(queue_obligations.broker_id) as t
         where t.calendar_id = coalesce(queue_obligations.calendar_id, t.calendar_id)
    ), named as materialized (
        select o.id, o.sequence, o.expires_at,
               o.status = 'pending' and o.removed_at is null and o.expires_at > _now as is_wanted
          from calendar.obligations as o
         where queue_obligations.obligations is null and o.broker_id = queue_obligations.broker_id
        union all
        select o.id, o.sequence, o.expires_at,
               o.status = 'pending' and o.removed_at is null and o.expires_at > _now
          from calendar.obligations as o
         where o.id = any (queue_obligations.obligations)
    ), pairs as materialized (
        select n.id, t.calendar_id, n.expires_at, n.is_wanted and t.is_chosen as is_wanted,
               m.obligation_id is not null as is_written, m.pushed_sequence is not distinct from n.sequence as is_current,
               x.open > 0 as is_open
          from named as n
         cross join targets as t
          left join lateral (
               select p.obligation_id, p.pushed_sequence from calendar.obligation_mappings as p
                where p.obligation_id = n.id and p.calendar_id = t.calendar_id
               offset 0) as m on true
         cross join lateral (
               select count(*) as open from calendar.outbox as w
                where w.obligation_id = n.id and w.calendar_id = t.calendar_id
                  -- Not as is null: the planner would read all that wait.
                  and coalesce(w.done_at, 'infinity') = 'infinity') as x
    ), due as materialized (
        (select p.id, p.calendar_id, p.is_open, 'update' as operation
           from pairs as p
          where p.is_wanted and (not p.is_current or p.is_open)
            and (most is null or p.expires_at < _now + interval '430 days')
          order by abs(extract(epoch from p.expires_at - interval '30 days' - _now))
          limit most)
        union all
        select p.id, p.calendar_id, p.is_open, 'delete'
          from pairs as p
         where not p.is_wanted and (p.is_written or p.is_open)
    ), waiting as materialized (
        -- What nobody has leased is read when it is. Locked, so that it is not leased before what it is to say is committed.
        select w.obligation_id, w.calendar_id
          from calendar.outbox as w
         where w.id = any (array(
                   select v.id from due as d
                    cross join lateral (
                          select o.id from calendar.outbox as o
                           where o.obligation_id = d.id and o.calendar_id = d.calendar_id
                             and coalesce(o.done_at, 'infinity') = 'infinity' and o.lease_id is null
                          offset 0) as v
                    where d.is_open))
           and coalesce(w.done_at, 'infinity') = 'infinity' and w.lease_id is null
         order by w.id
           for no key update
    )
    insert into calendar.outbox (broker_id, obligation_id, calendar_id, operation)
    select queue_obligations.broker_id, d.id, d.calendar_id, d.operation
      from due as d
     where not d.is_open
        or (d.id, d.calendar_id) not in (select w.obligation_id, w.calendar_id from waiting as w);
    get diagnostics _queued = row_count;
    if _queued > 0 then
        perform calendar_private.wake_agents(null);
    end if;
    return _queued;
end
$$;
comment on function calendar_private.queue_obligations(uuid, uuid[], uuid, integer) is
    'Queues what of a broker''s deadlines is not in calendars as it must be: those that changed, those that must go, and those that a calendar lacks. What waits already, not leased, is not queued twice. obligations: only these. calendar_id: only this calendar. most: write at most so many, the nearest, of the next 400 days; null = all. Under the lock of the broker. Returns how many rows were written.';
