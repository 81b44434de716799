create function calendar_sync.lease_account(
    account_id uuid,
    lease_for interval default '60 seconds'
) returns uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _lease_id uuid;
begin
    lease_for := coalesce(lease_for, interval '60 seconds');
    perform calendar_private.check_lease('max_accounts', 1, lease_for);
    update calendar.accounts as a
       set lease_id = gen_random_uuid(), leased_until = _now + lease_for
     where a.id = account_id and calendar_private.is_free(a.leased_until)
    returning a.lease_id into _lease_id;
    if not found and not exists (select from calendar.accounts as a where a.id = account_id) then
        raise exception 'account_not_found' using errcode = 'PT404';
    end if;
    return _lease_id;
end
$$;
comment on function calendar_sync.lease_account(uuid, interval) is
$$Leases the credential of an account, so that no other agent renews it at the same time: some refresh tokens can be used only once.

account_id: the account. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it.

Returns the lease, to be ended with release_leases(), or null where another agent has one.

Errors: PT404 account_not_found; 22023.$$;
grant execute on function calendar_sync.lease_account(uuid, interval) to calendar_agent;
