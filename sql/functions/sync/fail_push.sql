create function calendar_sync.fail_push(
    lease_id uuid,
    problem text,
    retry_after interval default null
) returns timestamptz
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings;
    _next timestamptz;
begin
    perform calendar_private.check_text('problem', fail_push.problem, 10000);
    problem := calendar_private.one_line(left(problem, 1000));
    _booking := calendar_private.find_push(lease_id);
    select calendar_private.next_attempt(
               calendar_private.account_of_push(fail_push.lease_id),
               calendar_private.backoff(max(o.attempts), '1 minute', retry_after)) into _next
      from calendar.outbox as o
     where o.lease_id = fail_push.lease_id and o.done_at is null;
    update calendar.outbox as o
       set last_error = problem, lease_id = null, leased_at = null, leased_until = null, next_attempt_at = _next,
           paused_until = calendar_private.current_instant() + retry_after
     where o.lease_id = fail_push.lease_id and o.done_at is null;
    if _booking.id is not null then
        perform calendar_private.note_problem(_booking, problem);
    end if;
    return _next;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.fail_push(uuid, text, interval) is
$$Ends a push that failed. It is tried again after a minute, then after twice as long each time, at most an hour, until it succeeds, is no longer wanted, or the booking has been over for a day; and after a refusal of the account's credential, when report_refusal() returned. The booking stays as it is, and its problem says why it is not at the provider. Of a deadline, outbox.last_error says it.

lease_id: the push. problem: why, in plain words and without secrets. retry_after: how long the provider asks to wait.

Returns when it is tried next. Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.fail_push(uuid, text, interval) to calendar_agent;
