create function calendar_sync.forget_secret(lease_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.accounts as a
       set secret = null, secret_key_id = null, secret_version = a.secret_version + 1, leased_until = calendar_private.current_instant()
     where a.lease_id = forget_secret.lease_id
       -- It may have been connected again meanwhile.
       and a.status = 'disconnected';
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
end
$$;
comment on function calendar_sync.forget_secret(uuid) is
$$Forgets the credential of an account that lease_accounts_to_end() has leased.

lease_id: the lease.

Errors: PT409 lease_lost where another agent has taken over, or the account was connected again.$$;
grant execute on function calendar_sync.forget_secret(uuid) to calendar_agent;
