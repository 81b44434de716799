create function calendar_private.note_unsent(
    message calendar.notifications,
    reason text,
    may_have_been_sent boolean
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
as $$
begin
    -- What is being deleted waits for the message, which is locked: it is out of order, so not waited for.
    perform from calendar.brokers as r where r.id = message.broker_id for key share skip locked;
    if not found and message.broker_id is not null then
        return;
    end if;
    perform from calendar.bookings as b where b.id = message.booking_id for key share skip locked;
    if not found and message.booking_id is not null then
        return;
    end if;
    insert into calendar.failure_logs (broker_id, booking_id, notification_id, operation, reason, detail)
    values (message.broker_id, message.booking_id, message.id, 'message', reason,
            jsonb_build_object('may_have_been_sent', may_have_been_sent));
end
$$;
comment on function calendar_private.note_unsent(calendar.notifications, text, boolean) is
    'Records in failure_logs that a message was not sent and is not tried again. may_have_been_sent: whether its recipient may have it all the same';
