create function calendar.prune_logs(keep interval default '30 days') returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _before timestamptz := calendar_private.current_instant() - keep;
    _pruned bigint;
    _more bigint;
begin
    if keep is null or keep < interval '1 day' then
        raise exception 'keep must be at least 1 day' using errcode = '22023';
    end if;
    delete from calendar.sync_logs as l where l.logged_at < _before;
    get diagnostics _pruned = row_count;
    delete from calendar.outbox as o where o.done_at < _before;
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.failure_logs as l where l.logged_at < _before;
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.rate_limits as l where l.since < _before;
    get diagnostics _more = row_count;
    return _pruned + _more;
end
$$;
comment on function calendar.prune_logs(interval) is
$$Deletes old rows of sync_logs, failure_logs and rate_limits, and those of outbox that are done. audit_log keeps its rows.

keep: the age from which rows are deleted, at least 1 day. Returns how many rows were deleted.

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar.prune_logs(interval) to calendar_agent;
