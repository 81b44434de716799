create function calendar.renew_leases(
    lease_ids uuid[],
    lease_for interval default '60 seconds'
) returns setof uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _until timestamptz := calendar_private.current_instant() + lease_for;
begin
    perform calendar_private.check_lease('max_leases', 1, lease_for);
    return query
    with pulls as (
        update calendar.sync_state as s set leased_until = _until
         where s.lease_id = any (lease_ids)
        returning s.lease_id
    ), pushes as (
        update calendar.outbox as o set leased_until = _until
         where o.lease_id = any (lease_ids) and o.done_at is null
        returning o.lease_id
    ), channels as (
        update calendar.webhook_channels as w set leased_until = _until
         where w.lease_id = any (lease_ids)
        returning w.lease_id
    ), accounts as (
        update calendar.accounts as a set leased_until = _until
         where a.lease_id = any (lease_ids)
        returning a.lease_id
    )
    select p.lease_id from pulls as p
    union select p.lease_id from pushes as p
    union select c.lease_id from channels as c
    union select a.lease_id from accounts as a;
end
$$;
comment on function calendar.renew_leases(uuid[], interval) is
$$Extends leases of pulls, pushes, channels and accounts. A lease that is not extended ends by itself, because its agent may have died.

lease_ids: the leases. lease_for: how long they last from now on, 1 second to 1 day.

Returns those that are still the caller's; another agent has taken over the others, or they have ended.

Errors: 22023.$$;
grant execute on function calendar.renew_leases(uuid[], interval) to calendar_agent;
