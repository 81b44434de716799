create function calendar.prune_logs(
    keep interval default '30 days',
    keep_audit interval default '400 days'
) returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _before timestamptz := _now - keep;
    _pruned bigint;
    _more bigint;
begin
    if keep is null or keep < interval '1 day' then
        raise exception 'keep must be at least 1 day' using errcode = '22023';
    elsif keep_audit < interval '1 day' then
        raise exception 'keep_audit must be at least 1 day, or null' using errcode = '22023';
    end if;
    delete from calendar.sync_logs as l where l.logged_at < _before;
    get diagnostics _pruned = row_count;
    delete from calendar.outbox as o where o.done_at < _before;
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.failure_logs as l where l.logged_at < _before;
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.audit_log as l where l.changed_at < _now - keep_audit;
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.rate_limits as l where l.since < _before;
    get diagnostics _more = row_count;
    return _pruned + _more;
end
$$;
comment on function calendar.prune_logs(interval, interval) is
$$Deletes old rows of sync_logs, failure_logs, rate_limits and audit_log, and those of outbox that are done. sync-agent calls it once an hour, and at the end of each round of its command "once".

keep: the age from which rows are deleted, at least 1 day. keep_audit: the age from which rows of audit_log are deleted, at least 1 day; null = never. Returns how many rows were deleted.

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar.prune_logs(interval, interval) to calendar_agent;
