create function calendar_private.expire_obligations(most integer, removed_before timestamptz) returns bigint
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    -- Those of which the removal waits already are left out, and those that cannot be reached.
    _due uuid[] := array(
        select m.obligation_id
          from calendar.obligation_mappings as m
         cross join lateral (
              select t.calendar_id from calendar.calendars as c
               cross join lateral calendar_private.obligation_calendars(c.broker_id) as t
               where c.id = m.calendar_id and t.calendar_id = m.calendar_id
              offset 0) as c
         cross join lateral (
              select count(*) as open from calendar.outbox as o
               where o.obligation_id = m.obligation_id and o.calendar_id = m.calendar_id
                 and coalesce(o.done_at, 'infinity') = 'infinity') as x
         where m.expires_at <= _now and x.open = 0
         order by m.expires_at limit least(most, 500));
    _broker_id uuid;
    _obligations uuid[];
    _queued bigint := 0;
    _gone bigint;
begin
    for _broker_id, _obligations in
        select o.broker_id, array_agg(distinct o.id) from calendar.obligations as o
         where o.id = any (_due) group by o.broker_id order by o.broker_id
    loop
        -- In the order of their ids; what another transaction is at work for is left for the next call.
        perform from calendar.brokers as b where b.id = _broker_id for no key update skip locked;
        if found then
            _queued := _queued + calendar_private.queue_obligations(_broker_id, _obligations);
        end if;
    end loop;
    delete from calendar.obligations as o
     where o.removed_at < removed_before
       and o.id = any (array(
               select r.id from calendar.obligations as r
                where r.removed_at < removed_before order by r.removed_at limit most));
    get diagnostics _gone = row_count;
    return _queued + _gone;
end
$$;
comment on function calendar_private.expire_obligations(integer, timestamptz) is
    'Queues the removal of the events of deadlines that were due 30 days ago, at most 500, and deletes deadlines that were removed before this instant, at most so many: their events could not be reached. Returns how many.';
