create function calendar_sync.renew_leases(
    lease_ids uuid[],
    lease_for interval default '60 seconds'
) returns setof uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _until timestamptz;
begin
    lease_for := coalesce(lease_for, interval '60 seconds');
    perform calendar_private.check_lease('max_leases', 1, lease_for);
    _until := calendar_private.current_instant() + lease_for;
    -- Each in the order in which others lock them (DESIGN.md, "Locks").
    return query
    with held as (
        select a.id from calendar.accounts as a where a.lease_id = any (lease_ids) order by a.id for no key update
    )
    update calendar.accounts as a set leased_until = _until from held as h where a.id = h.id returning a.lease_id;
    return query
    with held as (
        select o.id from calendar.outbox as o
         where o.lease_id = any (lease_ids) and o.done_at is null order by o.id for no key update
    ), renewed as (
        update calendar.outbox as o set leased_until = _until from held as h where o.id = h.id returning o.lease_id
    )
    select distinct r.lease_id from renewed as r;
    return query
    with held as (
        select s.calendar_id from calendar.sync_state as s
         where s.lease_id = any (lease_ids) order by s.calendar_id for no key update
    )
    update calendar.sync_state as s set leased_until = _until
      from held as h where s.calendar_id = h.calendar_id returning s.lease_id;
    return query
    update calendar.webhook_channels as w set leased_until = _until
     where w.lease_id = any (lease_ids) returning w.lease_id;
    return query
    update calendar.notifications as n set next_attempt_at = _until
     where n.lease_id = any (lease_ids) and n.state = 'sending' returning n.lease_id;
end
$$;
comment on function calendar_sync.renew_leases(uuid[], interval) is
$$Extends leases of pulls, pushes, channels, accounts and messages. A lease that is not extended ends by itself, because its agent may have died.

lease_ids: the leases. lease_for: how long they last from now on, 1 second to 1 day.

Returns those that are still the caller's; another agent has taken over the others, or they have ended.

Errors: 22023.$$;
grant execute on function calendar_sync.renew_leases(uuid[], interval) to calendar_agent;
