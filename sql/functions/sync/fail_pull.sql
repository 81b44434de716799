create function calendar_sync.fail_pull(
    lease_id uuid,
    problem text,
    retry_after interval default null,
    is_missing boolean default null
) returns timestamptz
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _state calendar.sync_state;
begin
    perform calendar_private.check_text('problem', fail_pull.problem, 10000);
    problem := calendar_private.one_line(left(problem, 1000));
    _state := calendar_private.find_pull(lease_id);
    -- Before its state is locked, as it concerns bookings.
    if is_missing and _state.missed_rounds >= 1 then
        perform calendar_private.mark_gone(_state.calendar_id, true);
    end if;
    insert into calendar.sync_logs
           (calendar_id, logged_at, is_full, created, updated, deleted, unchanged, rejected, problem)
    values (_state.calendar_id, _now, _state.sync_token is null, 0, 0, 0, 0, 0, problem);
    update calendar.sync_state as s
       set missed_rounds = case is_missing when true then s.missed_rounds + 1 when false then 0 else s.missed_rounds end,
           failures = s.failures + 1, problem = fail_pull.problem,
           next_attempt_at = calendar_private.next_attempt(
               (select c.account_id from calendar.calendars as c where c.id = s.calendar_id),
               calendar_private.backoff(s.failures + 1, '30 seconds', retry_after)),
           paused_until = _now + retry_after,
           pull_ended_at = clock_timestamp(), lease_id = null, leased_at = null, leased_until = null, updated_at = _now
     where s.lease_id = fail_pull.lease_id
    returning s.* into _state;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    delete from calendar.sync_pages as p where p.lease_id = fail_pull.lease_id;
    if is_missing and _state.missed_rounds >= 2 then
        update calendar.sync_state as s
           set failures = 0, next_attempt_at = _now + calendar_private.backoff(12, '1 hour', null)
         where s.calendar_id = _state.calendar_id;
        return null;
    end if;
    return _state.next_attempt_at;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.fail_pull(uuid, text, interval, boolean) is
$$Ends a pull that failed. Nothing of it is applied. The next pull is tried after a delay that grows with each failure in a row; after a refusal of the account's credential, when report_refusal() returned.

lease_id: the pull. problem: why, in plain words and without secrets. retry_after: how long the provider asks to wait. is_missing: whether the calendar itself is not there (404 or 410) and a healthy list of its account lacks it, too; null = this was no attempt of a round, or it is not known. After two rounds running in which it was missing, the calendar is gone (calendars.gone_at); it is looked for hourly.

Returns when the next pull is tried; null where the calendar is gone, which does not count as a failure. Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.fail_pull(uuid, text, interval, boolean) to calendar_agent;
