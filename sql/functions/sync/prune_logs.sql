create function calendar_sync.prune_logs(
    keep interval default '30 days',
    keep_audit interval default '400 days',
    keep_holds interval default '400 days',
    most integer default 5000
) returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _keep constant interval := coalesce(keep, interval '30 days');
    _before timestamptz := _now - _keep;
    _most constant integer := coalesce(most, 5000);
    _pruned bigint;
    _more bigint;
    _lapsed uuid[];
    _brokers uuid[];
begin
    if _keep < interval '1 day' then
        raise exception 'keep must be at least 1 day' using errcode = '22023';
    elsif keep_audit < interval '1 day' then
        raise exception 'keep_audit must be at least 1 day, or null' using errcode = '22023';
    elsif keep_holds < interval '1 day' then
        raise exception 'keep_holds must be at least 1 day, or null' using errcode = '22023';
    elsif most not between 1 and 1000000 then
        raise exception 'most must be from 1 to 1000000, not %', most using errcode = '22023';
    end if;
    -- The oldest come first, by an index.
    delete from calendar.sync_logs as l
     where l.id = any (array(select o.id from calendar.sync_logs as o
                              where o.logged_at < _before order by o.logged_at limit _most));
    get diagnostics _pruned = row_count;
    delete from calendar.outbox as l
     where l.id = any (array(select o.id from calendar.outbox as o
                              where o.done_at < _before order by o.done_at limit _most));
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    -- One that is due this long after its time is not sent any more.
    delete from calendar.notifications as l
     where l.id = any (array(select o.id from calendar.notifications as o
                              where o.created_at < _before and o.due_at < _before limit _most));
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.booking_links as l
     where l.id = any (array(select o.id from calendar.booking_links as o
                               join calendar.bookings as b on b.id = o.booking_id
                              where o.created_at < _before and b.slot_end < _before
                              order by o.created_at limit _most));
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.failure_logs as l
     where l.id = any (array(select o.id from calendar.failure_logs as o
                              where o.logged_at < _before order by o.logged_at limit _most));
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.audit_log as l
     where l.id = any (array(select o.id from calendar.audit_log as o
                              where o.changed_at < _now - keep_audit order by o.changed_at limit _most));
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    delete from calendar.rate_limits as l where l.since < _before;
    get diagnostics _more = row_count;
    _pruned := _pruned + _more;
    _pruned := _pruned + calendar_private.expire_obligations(_most, _before);
    -- A booking waits for its broker, so these are few.
    _lapsed := array(
        select o.id from calendar.bookings as o
         where o.hold_expires_at < _now - keep_holds and o.confirmed_at is null
           and (o.status = 'held' or o.status = 'cancelled' and o.cancel_reason = 'hold_expired')
         order by o.hold_expires_at limit least(_most, 50));
    if _lapsed = '{}' then
        return _pruned;
    end if;
    _brokers := array(
        select r.id from calendar.brokers as r
         where r.id = any (array(select b.broker_id from calendar.bookings as b where b.id = any (_lapsed)))
         order by r.id
           for no key update skip locked);
    -- One that has been confirmed meanwhile stays.
    delete from calendar.bookings as b
     where b.id = any (_lapsed) and b.broker_id = any (_brokers) and b.confirmed_at is null;
    get diagnostics _more = row_count;
    return _pruned + _more;
end
$$;
comment on function calendar_sync.prune_logs(interval, interval, interval, integer) is
$$Deletes old rows of sync_logs, failure_logs, rate_limits, notifications and audit_log, those of outbox that are done, links to bookings that are over, and holds that have lapsed. It also queues the removal of the events of deadlines that were due 30 days ago, and deletes deadlines that were removed so long ago that their events cannot be. It deletes a portion of each table, so that nothing waits for it for long: call it again until it returns 0. sync-agent does so once an hour, and at the end of each round of its command "once".

keep: the age from which rows are deleted, at least 1 day. keep_audit: the age from which rows of audit_log are deleted, at least 1 day; null = never. keep_holds: how long ago a hold that was never confirmed must have lapsed to be deleted, at least 1 day; null = never. most: how many rows of each table are deleted at most (1 to 1000000). Returns how many rows were deleted or queued.

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar_sync.prune_logs(interval, interval, interval, integer) to calendar_agent;
