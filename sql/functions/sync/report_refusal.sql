create function calendar_sync.report_refusal(account_id uuid, problem text, lease_id uuid default null) returns timestamptz
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _leased_at timestamptz;
    _is_new boolean;
    _next timestamptz;
begin
    perform calendar_private.check_text('problem', report_refusal.problem, 10000);
    _leased_at := coalesce(
        (select s.leased_at from calendar.sync_state as s where s.lease_id = report_refusal.lease_id),
        (select max(o.leased_at) from calendar.outbox as o where o.lease_id = report_refusal.lease_id));
    update calendar.accounts as a
       set refusals = a.refusals + 1, refused_at = _now, status = 'needs_reconnect',
           problem = calendar_private.one_line(left(report_refusal.problem, 1000))
     where a.id = report_refusal.account_id and a.status in ('active', 'needs_reconnect')
       -- What was under way already when the credential was refused is the same refusal.
       and (a.refused_at is null or _leased_at is null or _leased_at > a.refused_at);
    _is_new := found;
    _next := calendar_private.refused_until(report_refusal.account_id);
    if not _is_new then
        perform from calendar.accounts as a where a.id = report_refusal.account_id;
        if not found then
            raise exception 'account_not_found' using errcode = 'PT404';
        end if;
        return _next;
    end if;
    -- Until then nothing of the account is tried. What another session ends now sees to itself.
    update calendar.sync_state as s
       set next_attempt_at = _next
     where s.calendar_id = any (array(
               select w.calendar_id
                 from calendar.sync_state as w
                 join calendar.calendars as c on c.id = w.calendar_id
                where c.account_id = report_refusal.account_id
                  and (w.next_attempt_at is null or w.next_attempt_at < _next)
                  for no key update of w skip locked));
    update calendar.outbox as o
       set next_attempt_at = _next
     where o.id = any (array(
               select w.id
                 from calendar.outbox as w
                where w.done_at is null and w.obligation_id is null and w.next_attempt_at < _next
                  and exists (select from calendar_private.push_target(w.booking_id) as t
                               where t.account_id = report_refusal.account_id)
                  for no key update of w skip locked));
    update calendar.outbox as o
       set next_attempt_at = _next
     where o.id = any (array(
               select w.id
                 from calendar.outbox as w
                where w.done_at is null and w.obligation_id is not null and w.next_attempt_at < _next
                  and w.calendar_id in (select c.id from calendar.calendars as c
                                         where c.account_id = report_refusal.account_id)
                  for no key update of w skip locked));
    return _next;
end
$$;
comment on function calendar_sync.report_refusal(uuid, text, uuid) is
$$Records that a provider refused the credential of an account, and did so again when it was asked a second time. The account's status becomes needs_reconnect. It is tried again all the same: after 1, 5 and 15 minutes, then hourly. The first pull or push that succeeds makes it active again.

account_id: the account. problem: why, in plain words and without secrets. lease_id: the pull or push that was refused, which is still to be ended; one that was leased before the last refusal does not count once more.

Returns when the account is tried next; null for one that is paused or disconnected.

Errors: PT404 account_not_found; 22023.$$;
grant execute on function calendar_sync.report_refusal(uuid, text, uuid) to calendar_agent;
