create function calendar_sync.lease_pushes(
    max_pushes integer default 10,
    lease_for interval default '60 seconds',
    under_way uuid[] default '{}',
    max_per_account integer default 1000
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
    language plpgsql volatile security definer rows 10
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _candidates bigint[];
    _needless uuid[];
begin
    max_pushes := coalesce(max_pushes, 10);
    lease_for := coalesce(lease_for, interval '60 seconds');
    under_way := coalesce(under_way, '{}');
    max_per_account := coalesce(max_per_account, 1000);
    perform calendar_private.check_lease('max_pushes', max_pushes, lease_for);
    perform calendar_private.check_share(under_way, max_per_account);
    loop
        -- Those that have waited longest, in the order of the index: what is read does not depend on how
        -- many wait. Others are leased by the next call.
        with seen as (
            select o.id, o.booking_id, k.is_needless
              from calendar.outbox as o
             cross join lateral (
                  select n.is_needless
                    from calendar.bookings as b
                    left join lateral calendar_private.push_target(b.id) as t on true
                    left join calendar.accounts as a on a.id = t.account_id
                   cross join lateral (
                        -- Of most, what is at hand tells that they are not.
                        values (case when b.status in ('pending', 'confirmed') and b.slot_end > _now and a.id is not null
                                     then false
                                     else calendar_private.is_needless(b.id, b.status, b.slot_end, o.attempts) end)
                        ) as n (is_needless)
                   where b.id = o.booking_id
                     and (n.is_needless
                          or a.status in ('active', 'needs_reconnect')
                             and cardinality(array_positions(lease_pushes.under_way, a.id)) < max_per_account
                             and not exists (
                                 select from calendar.outbox as p
                                  where p.booking_id = o.booking_id and p.id < o.id
                                    -- Not as is null: the planner would read all that wait for each.
                                    and coalesce(p.done_at, 'infinity') = 'infinity'
                                    -- A look may be due later, and no write waits for it.
                                    and not (p.operation = 'look' and o.operation <> 'look')))
                  offset 0) as k
             where o.done_at is null and o.obligation_id is null and o.next_attempt_at <= _now
               and calendar_private.is_free(o.leased_until)
             order by o.next_attempt_at, o.id
             limit 10 * max_pushes
        )
        select coalesce(array_agg(s.id) filter (where not s.is_needless), '{}'),
               coalesce(array_agg(s.booking_id) filter (where s.is_needless), '{}')
          into _candidates, _needless
          from seen as s;
        exit when _needless = '{}';
        -- What is needless must not hide what is not.
        exit when calendar_private.end_needless_pushes(_needless) = 0;
        exit when cardinality(_candidates) >= max_pushes;
    end loop;
    for lease_id, booking_id, operation, calendar_id, account_id, provider, settings, external_calendar_id, timezone,
        external_event_id, etag, event, written, elsewhere in
    with placed as (
        select o.id, cardinality(array_positions(lease_pushes.under_way, t.account_id))
                     + row_number() over (partition by t.account_id order by o.next_attempt_at, o.id) as place
          from calendar.outbox as o
         cross join lateral calendar_private.push_target(o.booking_id) as t
         where o.id = any (_candidates)
    ), due as (
        select o.id, o.booking_id
          from calendar.outbox as o
         where o.id = any (array(select p.id from placed as p where p.place <= max_per_account))
           -- Again, for a row that another agent has changed meanwhile.
           and coalesce(o.done_at, 'infinity') = 'infinity' and calendar_private.is_free(o.leased_until)
         order by o.next_attempt_at, o.id
         limit max_pushes
           for no key update of o skip locked
    ), lease as (
        select d.booking_id, gen_random_uuid() as id from due as d
    ), leased as (
        -- What counts is what the booking is now: all its changes are told at once.
        update calendar.outbox as o
           set lease_id = l.id, leased_at = _now, leased_until = _now + lease_for, attempts = o.attempts + 1
          from lease as l
         where o.booking_id = l.booking_id
           -- Another agent may have one of them and wait for one of these.
           and o.id = any (array(
                   select h.id from calendar.outbox as h
                    where h.booking_id = any (array(select d.booking_id from due as d))
                      and coalesce(h.done_at, 'infinity') = 'infinity'
                      for no key update skip locked))
        returning o.booking_id, o.operation, o.attempts
    )
    select l.id, b.id,
           case when b.status not in ('pending', 'confirmed') then 'remove'
                when d.is_look then 'look' else 'write' end,
           t.calendar_id, a.id, a.provider, a.settings,
           c.external_calendar_id, c.timezone::text, t.external_event_id, t.etag,
           jsonb_build_object(
               'kind', 'booking', 'id', b.id, 'start', b.slot_start, 'end', b.slot_end, 'timezone', r.timezone,
               'title', case when b.is_public then calendar_private.plain_text(n.title) else n.title end,
               'notes', case when b.is_public then calendar_private.plain_text(b.notes) else b.notes end,
               'place', (select y.location from calendar.meeting_types as y where y.id = b.meeting_type_id),
               'is_tentative', b.status = 'pending', 'sequence', b.sequence,
               -- A provider invites every guest with an address.
               'lead', jsonb_build_object(
                   'name', b.lead_name, 'phone', b.lead_phone,
                   'email', case calendar_private.inviter(b, r.invite_by, a.provider) when 'provider' then b.lead_email end),
               'broker', jsonb_build_object('name', r.name, 'email', r.email, 'phone', r.phone)),
           t.written,
           -- What was never written is nowhere. A calendar that cannot be searched holds up what may have been for some
           -- attempts, not for ever.
           case when d.attempts between 2 and 6 or t.external_event_id is not null
                then calendar_private.writable_elsewhere(t.account_id, t.calendar_id) else '[]' end
      from lease as l
      join (select x.booking_id, bool_and(x.operation = 'look') as is_look, max(x.attempts) as attempts
              from leased as x group by x.booking_id) as d on d.booking_id = l.booking_id
      join calendar.bookings as b on b.id = l.booking_id
      join calendar.brokers as r on r.id = b.broker_id
     cross join lateral (values (coalesce(b.title, concat_ws(' ' || chr(8211) || ' ', 'Appointment', b.lead_name)))) as n (title)
     cross join lateral calendar_private.push_target(b.id) as t
      join calendar.calendars as c on c.id = t.calendar_id
      join calendar.accounts as a on a.id = t.account_id
    loop
        max_pushes := max_pushes - 1;
        under_way := under_way || account_id;
        return next;
    end loop;
    -- Bookings go first.
    if max_pushes > 0 then
        return query
        select l.* from calendar_private.lease_obligations(max_pushes, lease_for, under_way, max_per_account) as l;
    end if;
end
$$;
comment on function calendar_sync.lease_pushes(integer, interval, uuid[], integer) is
$$Leases changes that are due to be written to providers, so that no other agent writes them at the same time: of bookings first, then of deadlines (obligations). Call it until it returns no row.

max_pushes: how many to lease, 1 to 1000. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it. under_way: the accounts of what the caller is working on, an entry for each push. max_per_account: how many pushes of an account may be under way with those leased now, 1 to 1000.

Returns for each either booking_id or obligation_id, and what is to be done (operation): write = the event must say what event says; remove = there must be no event; look = a pull no longer found the event of a booking, and it is to be asked for by its own name. event: what the event must say. Its "kind" is booking or obligation. That of a booking (of a public one as plain text) has the lead's e-mail address only where the provider is to invite the lead (brokers.invite_by). That of a deadline has either "date" or "start" and "end", takes no time, and invites no one; it is written once to each calendar that receives deadlines, so a lease is of one in one calendar. external_event_id and etag are null where no event is known yet; of a deadline whose event the user deleted, etag is null. written: event as our last successful write had it; null = not known. elsewhere: [{"calendar_id", "external_calendar_id", "timezone"}] of the account's other calendars that can be written to and may have the event. End each push with finish_push(), finish_look() or fail_push().

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar_sync.lease_pushes(integer, interval, uuid[], integer) to calendar_agent;
