create function calendar.set_account_status(account_id uuid, status text, problem text default null) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_service();
    status := calendar_private.text_or_null(status);
    perform calendar_private.check_text('problem', set_account_status.problem, 10000);
    if status is null or status not in ('active', 'paused', 'needs_reconnect', 'disconnected') then
        raise exception 'status must be active, paused, needs_reconnect or disconnected, not %', calendar_private.quoted(status)
            using errcode = '22023';
    end if;
    update calendar.accounts as a
       set status = set_account_status.status, problem = calendar_private.one_line(left(set_account_status.problem, 1000))
     where a.id = account_id;
    if not found then
        raise exception 'account_not_found' using errcode = 'PT404';
    end if;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar.set_account_status(uuid, text, text) is
$$Sets the status of an account. Accounts that are paused or disconnected are not synced; one that needs to be reconnected is tried all the same, and is active again once that succeeds.

account_id: the account. status: active, paused, needs_reconnect (the provider refuses the credential; see report_refusal()) or disconnected. problem: why, in plain words.

Errors: PT404 account_not_found; 22023.$$;
grant execute on function calendar.set_account_status(uuid, text, text) to calendar_agent;
