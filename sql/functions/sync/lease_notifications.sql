create function calendar_sync.lease_notifications(
    max_notifications integer default 10,
    lease_for interval default '60 seconds',
    channels text[] default '{email,sms,webhook}'
) returns table (
    lease_id uuid,
    notification_id uuid,
    channel text,
    attempts integer,
    message jsonb
)
    language plpgsql volatile security definer rows 10
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
    _message calendar.notifications;
    _booking calendar.bookings;
    _broker calendar.brokers;
    _address text;
    _reason text;
    _wait_until timestamptz;
    _link_token text;
    _unsubscribe_token text;
    _seen integer;
    _leased integer := 0;
begin
    max_notifications := coalesce(max_notifications, 10);
    lease_for := coalesce(lease_for, interval '60 seconds');
    channels := coalesce(channels, '{email,sms,webhook}');
    perform calendar_private.check_lease('max_notifications', max_notifications, lease_for);
    if not channels <@ array['email', 'sms', 'webhook'] then
        raise exception 'channels must be some of email, sms and webhook, not %', calendar_private.quoted(channels::text)
            using errcode = '22023';
    end if;
    perform calendar_private.queue_unwritten(max_notifications);
    loop
        _seen := 0;
        for _message in
            select n.*
              from calendar.notifications as n
             where n.id = any (array(
                       select d.id
                         from (select distinct c.channel from unnest(channels) as c (channel)) as c
                        cross join lateral (
                              select o.id, o.next_attempt_at
                                from calendar.notifications as o
                               where o.channel = c.channel and o.state in ('due', 'sending') and o.next_attempt_at <= _now
                               order by o.next_attempt_at, o.id
                               limit max_notifications
                                 for no key update skip locked) as d
                        order by d.next_attempt_at, d.id
                        limit max_notifications))
             order by n.next_attempt_at, n.id
        loop
            _seen := _seen + 1;
            _booking := null;
            _broker := null;
            _address := null;
            _reason := null;
            _wait_until := null;
            _link_token := null;
            _unsubscribe_token := null;
            if _message.state = 'sending' and _message.channel = 'sms' then
                update calendar.notifications as n
                   set state = 'failed', lease_id = null, last_error = 'Its agent ended while it was sent: it is not known whether it was.'
                 where n.id = _message.id
                returning n.* into _message;
                perform calendar_private.note_unsent(_message, _message.last_error, true);
                continue;
            end if;
            -- Locked against deletion, which would wait for the message that it deletes, too. Out of order, so not waited for.
            if _message.booking_id is not null then
                select b.* into _booking from calendar.bookings as b where b.id = _message.booking_id for key share skip locked;
            end if;
            if _message.broker_id is not null then
                select r.* into _broker from calendar.brokers as r where r.id = _message.broker_id for key share skip locked;
            end if;
            if _message.booking_id is distinct from _booking.id
               and not exists (select from calendar.bookings as b where b.id = _message.booking_id) then
                -- Its deletion did not see the message, which came in another transaction.
                delete from calendar.notifications as n where n.id = _message.id;
                continue;
            end if;
            if (_booking.id, _broker.id) is distinct from (_message.booking_id, _message.broker_id)
               -- What was leased before it arrives before it.
               or exists (select from calendar.notifications as n
                           where n.booking_id = _message.booking_id and n.id < _message.id
                             and n.state = 'sending' and n.next_attempt_at > _now
                             and n.channel = _message.channel and n.recipient = _message.recipient
                             and n.endpoint_id is not distinct from _message.endpoint_id) then
                _wait_until := _now + interval '1 second';
            else
                _address := calendar_private.message_address(_message, _booking, _broker);
                _reason := calendar_private.skip_reason(_message, _booking, _address);
            end if;
            -- Not while an earlier message is still being sent: what the recipient knows is not decided.
            if _reason is null and _wait_until is null and _message.kind = 'rescheduled'
               and exists (select from calendar_private.known_slot(_message) as k
                            where k.is_known and k.slot = tstzrange(_booking.slot_start, _booking.slot_end)) then
                _reason := 'moved_back';
            end if;
            if _reason is null and _wait_until is null and _message.channel = 'sms' and _message.recipient = 'lead' then
                _wait_until := calendar_private.quiet_end(
                    _now, coalesce(_booking.lead_timezone, _broker.timezone), _broker.notify);
                -- What would come too late disturbs, unless it is no more than a reminder.
                if _wait_until >= _booking.slot_start and _now < _booking.slot_start then
                    _wait_until := null;
                    _reason := case _message.kind when 'reminder' then 'quiet_hours' end;
                end if;
            end if;
            if _reason is not null then
                update calendar.notifications as n
                   set state = case when n.attempts > 0 and _reason = 'too_late' then 'failed' else 'skipped' end,
                       skip_reason = _reason, lease_id = null
                 where n.id = _message.id
                returning n.* into _message;
                if _message.state = 'failed' then
                    perform calendar_private.note_unsent(
                        _message, coalesce(_message.last_error, 'Its agent ended while it was sent.'), false);
                end if;
                continue;
            elsif _wait_until is not null then
                update calendar.notifications as n
                   set state = 'due', lease_id = null, next_attempt_at = _wait_until
                 where n.id = _message.id;
                continue;
            end if;
            if _message.recipient = 'lead' then
                if _booking.status in ('pending', 'confirmed') then
                    _link_token := calendar_private.make_booking_link(_booking.broker_id, _booking.id);
                end if;
                if _message.kind = 'reminder' and _message.channel = 'email' then
                    _unsubscribe_token := calendar_private.make_token();
                end if;
            end if;
            update calendar.notifications as n
               set state = 'sending', attempts = n.attempts + 1, lease_id = gen_random_uuid(), next_attempt_at = _now + lease_for,
                   token_digest = coalesce(calendar_private.token_digest(_unsubscribe_token), n.token_digest)
             where n.id = _message.id
            returning n.* into _message;
            _leased := _leased + 1;
            lease_id := _message.lease_id;
            notification_id := _message.id;
            channel := _message.channel;
            attempts := _message.attempts;
            message := calendar_private.notification_message(_message, _booking, _broker, _link_token, _unsubscribe_token);
            return next;
            exit when _leased = max_notifications;
        end loop;
        exit when _seen = 0 or _leased = max_notifications;
    end loop;
end
$$;
comment on function calendar_sync.lease_notifications(integer, interval, text[]) is
$$Leases messages that are due, so that no other agent sends them at the same time, and says what is to be sent. Call it until it returns no row. Once the call is committed, a message counts as being sent: an SMS whose lease ends without finish_notification() or fail_notification() is never sent again, an e-mail and a webhook are, with the same id.

What must not be sent any more is skipped and never returned; notifications.skip_reason says why. SMS to leads wait for the end of quiet hours.

max_notifications: how many to lease, 1 to 1000. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it. channels: those that the caller can send: email, sms, webhook.

message: {"id", "kind", "channel", "recipient": lead|broker|operator, "to": {"name", "email", "phone"}, "locale", "timezone": of the recipient, "other_timezone", "created_at", "reminder_minutes", "reported_after_minutes", "broker", "lead", "booking", "previous": the time before a move, "manage": {"token", "page", "can_change", "change_until"}, "rebook": {"page", "alternatives"}, "invitation": {"method", "uid", "sequence", "status", "ics"}, "unsubscribe": token, "account", "unwritten", "request", "alert", "webhook": {"url", "keys": what signs, in base64, "type", "data"}}. Every key is there; null = not known, or not concerned. An e-mail to operators has no address: the agent knows theirs. Instants are in UTC.

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar_sync.lease_notifications(integer, interval, text[]) to calendar_agent;
