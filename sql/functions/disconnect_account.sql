create function calendar.disconnect_account(account_id uuid, keep_events boolean default false) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _account calendar.accounts;
begin
    select a.* into _account from calendar.accounts as a where a.id = account_id for no key update;
    if not found or coalesce(calendar_private.caller_access(_account.broker_id), 'public') = 'public' then
        raise exception 'account_not_found' using errcode = 'PT404';
    end if;
    update calendar.accounts as a
       set status = 'disconnected', events_kept = coalesce(keep_events, false), problem = null
     where a.id = _account.id;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar.disconnect_account(uuid, boolean) is
$$Disconnects an account: from now on nothing is read from its calendars nor written to them. Bookings that were written there stay, here and at the provider. An agent ends the account's channels for notifications, revokes its credential at the provider and forgets it as soon as it can (lease_channels_to_end(), lease_accounts_to_end()), whatever the provider says.

account_id: the account. keep_events: whether the events of its calendars stay here and take time as they last were; if not, every event that has an occurrence to come is deleted here, and its time is free.

Errors: PT404 account_not_found, also for anyone but the broker and calendar_service.$$;
grant execute on function calendar.disconnect_account(uuid, boolean) to calendar_agent;
