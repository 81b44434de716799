create function calendar.request_resync(calendar_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_service();
    perform calendar_private.resync(calendar_id);
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar.request_resync(uuid) is
$$Makes a calendar due for a full resync at once.

calendar_id: a calendar of an account. Errors: PT404 calendar_not_found.$$;
grant execute on function calendar.request_resync(uuid) to calendar_agent;
