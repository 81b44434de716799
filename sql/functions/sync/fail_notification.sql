create function calendar_sync.fail_notification(
    lease_id uuid,
    problem text,
    outcome text default 'retry',
    retry_after interval default null
) returns timestamptz
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
    _message calendar.notifications;
    _booking calendar.bookings;
    _broker calendar.brokers;
    _address text;
    _since timestamptz;
    _next timestamptz;
    _last timestamptz;
begin
    perform calendar_private.check_text('problem', fail_notification.problem, 10000);
    problem := calendar_private.one_line(left(problem, 1000));
    outcome := coalesce(calendar_private.text_or_null(outcome), 'retry');
    if outcome not in ('retry', 'final', 'unknown', 'suppress', 'disable') then
        raise exception 'outcome must be retry, final, unknown, suppress or disable, not %', calendar_private.quoted(outcome)
            using errcode = '22023';
    elsif retry_after < interval '0' then
        raise exception 'retry_after must not be negative' using errcode = '22023';
    end if;
    _message := calendar_private.find_notification(lease_id);
    select b.* into _booking from calendar.bookings as b where b.id = _message.booking_id;
    if outcome = 'retry' then
        _since := coalesce(_message.retried_at, _message.due_at);
        _next := _now + calendar_private.message_delay(_message.channel, _message.attempts, retry_after);
        _last := case when _message.channel = 'webhook' then _since + interval '5 days'
                      when _message.kind = 'reminder' then _booking.slot_start
                      when _message.channel = 'sms' then _since + interval '1 hour'
                      else _since + interval '2 days' end;
        -- One that has waited for its agent is tried more than once, too.
        if _next > greatest(_last, case when _message.attempts = 1 and _message.kind <> 'reminder' then _next end) then
            _next := null;
        end if;
    end if;
    update calendar.notifications as n
       set state = case when n.state <> 'sending' then n.state when _next is null then 'failed' else 'due' end,
           lease_id = null, last_error = problem, next_attempt_at = coalesce(_next, n.next_attempt_at)
     where n.id = _message.id;
    if _message.state = 'sending' and _next is null then
        perform calendar_private.note_unsent(_message, problem, outcome = 'unknown');
    end if;
    if outcome = 'suppress' and _message.channel <> 'webhook' then
        select r.* into _broker from calendar.brokers as r where r.id = _message.broker_id;
        _address := calendar_private.message_address(_message, _booking, _broker);
        insert into calendar.suppressions (channel, address_digest, reason)
        select _message.channel, calendar_private.contact_digest(_message.channel, _address),
               case _message.channel when 'sms' then 'stop' else 'bounce' end
         where _address is not null
        on conflict do nothing;
    elsif _message.channel = 'webhook' then
        update calendar.webhook_endpoints as e
           set failing_since = coalesce(e.failing_since, _now), last_error = problem,
               disabled_at = case when outcome = 'disable' or e.failing_since <= _now - interval '5 days'
                                  then coalesce(e.disabled_at, _now) else e.disabled_at end
         where e.id = _message.endpoint_id;
    end if;
    return _next;
end
$$;
comment on function calendar_sync.fail_notification(uuid, text, text, interval) is
$$Ends an attempt to send a message that failed.

lease_id: as lease_notifications() returned it. problem: why, in plain words and without secrets. outcome: retry = try again, an e-mail for 2 days, an SMS for an hour, a reminder until its appointment begins, a webhook for 5 days; for an SMS only if it certainly was not sent; final = never again, unless retry_failure() asks for it; unknown = never again, because it may have been sent; suppress = never again, and nothing else to this address (there is no such address, or its owner replied STOP); disable = never again, and nothing else to this webhook's endpoint (410). An endpoint that has failed for 5 days is disabled, too. retry_after: how long the provider asks to wait.

Returns when it is tried next; null = never. Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.fail_notification(uuid, text, text, interval) to calendar_agent;
