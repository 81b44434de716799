create function calendar.fail_push(
    lease_id uuid,
    problem text,
    is_final boolean default false,
    retry_after interval default null
) returns timestamptz
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _booking calendar.bookings;
    _next timestamptz;
begin
    perform calendar_private.check_text('problem', fail_push.problem, 10000);
    problem := calendar_private.one_line(left(problem, 1000));
    _booking := calendar_private.find_push(lease_id);
    select _now + calendar_private.backoff(max(o.attempts), retry_after) into _next
      from calendar.outbox as o
     where o.lease_id = fail_push.lease_id and o.done_at is null;
    update calendar.outbox as o
       set last_error = problem, lease_id = null, leased_until = null,
           next_attempt_at = _next, done_at = case when is_final then _now end
     where o.lease_id = fail_push.lease_id and o.done_at is null;
    if is_final then
        if _booking.status in ('pending', 'confirmed') then
            perform calendar_private.fail_booking(_booking, problem);
        else
            insert into calendar.failure_logs (broker_id, calendar_id, booking_id, operation, reason)
            values (_booking.broker_id, _booking.calendar_id, _booking.id, 'push', problem);
        end if;
        return null;
    end if;
    return _next;
end
$$;
comment on function calendar.fail_push(uuid, text, boolean, interval) is
$$Ends a push that failed. It is tried again later, the later the more have failed; or never where the provider refuses for good: the booking then becomes failed and its slot is free.

lease_id: the push. problem: why, in plain words and without secrets. is_final: the provider refuses for good. retry_after: how long it asks to wait.

Returns when it is tried next, or null. Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar.fail_push(uuid, text, boolean, interval) to calendar_agent;
