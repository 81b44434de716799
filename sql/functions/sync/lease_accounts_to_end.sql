create function calendar_sync.lease_accounts_to_end(
    max_accounts integer default 10,
    lease_for interval default '60 seconds'
) returns table (lease_id uuid, account_id uuid, provider text, settings jsonb, may_revoke boolean)
    language plpgsql volatile security definer rows 10
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    max_accounts := coalesce(max_accounts, 10);
    lease_for := coalesce(lease_for, interval '60 seconds');
    perform calendar_private.check_lease('max_accounts', max_accounts, lease_for);
    return query
    update calendar.accounts as a
       set lease_id = gen_random_uuid(), leased_until = _now + lease_for
     where a.id = any (array(
            select o.id
              from calendar.accounts as o
             where o.status = 'disconnected' and o.secret is not null
               and (o.lease_id is null or calendar_private.is_free(o.leased_until))
               -- A channel that has expired needs nothing.
               and not exists (select from calendar.calendars as c
                                 join calendar.webhook_channels as w on w.calendar_id = c.id
                                where c.account_id = o.id
                                  and (w.expires_at > _now
                                       -- One that is being opened.
                                       or w.lease_id is not null and not calendar_private.is_free(w.leased_until)))
             limit max_accounts
               for no key update of o skip locked))
    returning a.lease_id, a.id, a.provider, a.settings,
              not exists (select from calendar.accounts as o
                           where o.provider = a.provider and o.id <> a.id and o.status <> 'disconnected'
                             and o.secret is not null and o.settings ->> 'calendar' = a.settings ->> 'calendar');
end
$$;
comment on function calendar_sync.lease_accounts_to_end(integer, interval) is
$$Leases disconnected accounts that have no channel left, but still their credential, so that no other agent revokes it at the same time. Call it until it returns no row.

max_accounts: how many to lease, 1 to 1000. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it.

Returns what it takes to revoke the credential at its provider. may_revoke: false where another account has the consent of the same user, which would end, too. Call forget_secret() then, whether the provider revoked it or not.

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar_sync.lease_accounts_to_end(integer, interval) to calendar_agent;
