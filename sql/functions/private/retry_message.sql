create function calendar_private.retry_message(notification_id uuid) returns boolean
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
    _message calendar.notifications;
    _booking calendar.bookings;
    _broker calendar.brokers;
begin
    select n.* into _message from calendar.notifications as n where n.id = notification_id;
    if _message.state is distinct from 'failed' or _message.sent_at is not null
       or exists (select from calendar.failure_logs as f
                   where f.notification_id = _message.id and (f.detail -> 'may_have_been_sent')::boolean) then
        return false;
    end if;
    select b.* into _booking from calendar.bookings as b where b.id = _message.booking_id;
    select r.* into _broker from calendar.brokers as r where r.id = _message.broker_id;
    _message.retried_at := _now;
    if calendar_private.skip_reason(
           _message, _booking, calendar_private.message_address(_message, _booking, _broker)) is not null then
        return false;
    end if;
    update calendar.notifications as n
       set state = 'due', attempts = 0, retried_at = _now, next_attempt_at = _now, skip_reason = null
     where n.id = _message.id;
    return true;
end
$$;
comment on function calendar_private.retry_message(uuid) is
    'Queues a message that has failed again, with its usual attempts, and returns whether it did: not where it may have been sent, or must not be sent any more. It is locked already.';
