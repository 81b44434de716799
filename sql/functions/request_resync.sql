create function calendar.request_resync(calendar_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_service();
    perform from calendar.calendars as c where c.id = calendar_id and c.account_id is not null for key share;
    if not found then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;
    insert into calendar.sync_state as s (calendar_id) values (calendar_id)
    on conflict on constraint sync_state_pkey do update
       -- A pull that is under way will note down a token, but not that it was a full one.
       set sync_token = null, last_full_at = null, next_attempt_at = null, last_attempt_at = null, failures = 0;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar.request_resync(uuid) is
$$Makes a calendar due for a full resync at once.

calendar_id: a calendar of an account. Errors: PT404 calendar_not_found.$$;
grant execute on function calendar.request_resync(uuid) to calendar_agent;
