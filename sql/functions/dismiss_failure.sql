create function calendar.dismiss_failure(failure_id bigint, note text default null) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.resolve_failure(failure_id, 'dismissed', note);
end
$$;
comment on function calendar.dismiss_failure(bigint, text) is
$$Records that nothing is to be done about a failure (a row of failure_logs).

failure_id: the number of the row. note: why, at most 1000 characters.

Errors: PT404 failure_not_found, also for anyone but the broker and calendar_service; 22023.$$;
grant execute on function calendar.dismiss_failure(bigint, text) to calendar_agent;
