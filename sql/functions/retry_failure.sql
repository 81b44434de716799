create function calendar.retry_failure(failure_id bigint) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _failure calendar.failure_logs := calendar_private.resolve_failure(failure_id, 'retried', null);
    _booking calendar.bookings;
    _retries text := 'nothing';
begin
    if _failure.notification_id is not null then
        if calendar_private.retry_message(_failure.notification_id) then
            _retries := 'message';
        end if;
    elsif _failure.booking_id is not null then
        _booking := calendar_private.lock_booking(_failure.booking_id);
        if _booking.slot_end > _now
           and exists (select from calendar_private.push_target(_booking.id)) then
            insert into calendar.outbox (broker_id, booking_id, calendar_id, operation)
            select _booking.broker_id, _booking.id, _booking.calendar_id,
                   case when _booking.status in ('cancelled', 'failed') then 'delete' else 'update' end
             where not exists (select from calendar.outbox as o where o.booking_id = _booking.id and o.done_at is null);
            update calendar.outbox as o
               set next_attempt_at = greatest(_now, o.paused_until)
             where o.booking_id = _booking.id and o.done_at is null;
            perform calendar_private.wake_agents(_booking.id);
            _retries := 'booking';
        end if;
    elsif exists (select from calendar.calendars as c
                   where c.id = _failure.calendar_id and c.account_id is not null) then
        perform calendar_private.resync(_failure.calendar_id);
        perform pg_notify('calendar_pull', _failure.calendar_id::text);
        _retries := 'calendar';
    end if;
    return jsonb_build_object('retries', _retries);
end
$$;
comment on function calendar.retry_failure(bigint) is
$$Tries again what a failure (a row of failure_logs) is about: sends its message, writes its booking to the provider, or else reads its whole calendar again, as soon as an agent comes by. A provider that asked to be left alone for a time is not asked earlier. A message has its usual attempts from then on.

failure_id: the number of the row. Returns {"retries": message, booking, calendar, or nothing where the booking is over, the calendar is at no provider, or the message may have been sent or must not be sent any more}.

Errors: PT404 failure_not_found, also for anyone but the broker and calendar_service; 22023.$$;
grant execute on function calendar.retry_failure(bigint) to calendar_agent;
