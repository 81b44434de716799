create function calendar_private.lease_obligations(
    max_pushes integer,
    lease_for interval,
    under_way uuid[],
    max_per_account integer
) returns table (
    lease_id uuid,
    booking_id uuid,
    obligation_id uuid,
    operation text,
    calendar_id uuid,
    account_id uuid,
    provider text,
    settings jsonb,
    external_calendar_id text,
    timezone text,
    external_event_id text,
    etag text,
    event jsonb,
    written jsonb,
    elsewhere jsonb
)
    language plpgsql volatile rows 10
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _candidates bigint[];
    _needless bigint[];
    _leases uuid[];
begin
    loop
        with seen as (
            select o.id, k.is_needless
              from calendar.outbox as o
             cross join lateral (
                  select p.is_needless
                    from calendar_private.obligation_push(o.obligation_id, o.calendar_id, o.attempts) as p
                   where p.is_needless
                      or p.account_status in ('active', 'needs_reconnect')
                         and cardinality(array_positions(lease_obligations.under_way, p.account_id)) < max_per_account
                         and not exists (
                             select from calendar.outbox as e
                              where e.obligation_id = o.obligation_id and e.calendar_id = o.calendar_id and e.id < o.id
                                and coalesce(e.done_at, 'infinity') = 'infinity')
                  offset 0) as k
             where o.done_at is null and o.obligation_id is not null and o.next_attempt_at <= _now
               and calendar_private.is_free(o.leased_until)
             order by o.next_attempt_at, o.id
             limit 10 * max_pushes
        )
        select coalesce(array_agg(s.id) filter (where not s.is_needless), '{}'),
               coalesce(array_agg(s.id) filter (where s.is_needless), '{}')
          into _candidates, _needless
          from seen as s;
        exit when _needless = '{}';
        exit when calendar_private.end_needless_obligations(_needless) = 0;
        exit when cardinality(_candidates) >= max_pushes;
    end loop;
    with placed as (
        select o.id, cardinality(array_positions(lease_obligations.under_way, c.account_id))
                     + row_number() over (partition by c.account_id order by o.next_attempt_at, o.id) as place
          from calendar.outbox as o
          join calendar.calendars as c on c.id = o.calendar_id
         where o.id = any (_candidates)
    ), due as (
        select o.id, o.obligation_id, o.calendar_id
          from calendar.outbox as o
         where o.id = any (array(select p.id from placed as p where p.place <= max_per_account))
           and coalesce(o.done_at, 'infinity') = 'infinity' and calendar_private.is_free(o.leased_until)
         order by o.next_attempt_at, o.id
         limit max_pushes
           for no key update of o skip locked
    ), lease as (
        select d.obligation_id, d.calendar_id, gen_random_uuid() as id from due as d
    ), leased as (
        update calendar.outbox as o
           set lease_id = l.id, leased_at = _now, leased_until = _now + lease_for, attempts = o.attempts + 1
          from lease as l
         where o.obligation_id = l.obligation_id and o.calendar_id = l.calendar_id
           -- Another agent may have one of them and wait for one of these.
           and o.id = any (array(
                   select h.id from due as d
                     join calendar.outbox as h on h.obligation_id = d.obligation_id and h.calendar_id = d.calendar_id
                    where coalesce(h.done_at, 'infinity') = 'infinity'
                      for no key update of h skip locked))
        returning o.lease_id
    )
    select array_agg(distinct l.lease_id) into _leases from leased as l;
    -- By a statement of its own: what was committed until the rows were locked is written, and a caller that changes a
    -- deadline from now on writes another row.
    return query
    select w.lease_id, null::uuid, o.id, case when p.is_wanted then 'write' else 'remove' end,
           c.id, a.id, a.provider, a.settings, c.external_calendar_id, c.timezone::text,
           m.external_event_id, m.etag, e.event, m.written,
           -- What is there may be another calendar's own event.
           '[]'::jsonb
      from (select distinct x.lease_id, x.obligation_id, x.calendar_id
              from calendar.outbox as x where x.lease_id = any (_leases)) as w
      join calendar.obligations as o on o.id = w.obligation_id
     cross join lateral calendar_private.obligation_push(o.id, w.calendar_id, 1) as p
      join calendar.calendars as c on c.id = w.calendar_id
      join calendar.accounts as a on a.id = c.account_id
      left join calendar.obligation_mappings as m on m.obligation_id = o.id and m.calendar_id = c.id
     cross join lateral calendar_private.obligation_event(o) as e (event);
end
$$;
comment on function calendar_private.lease_obligations(integer, interval, uuid[], integer) is
    'The deadlines'' half of lease_pushes, with the same arguments and columns';
