create function calendar.list_notifications(
    broker_id uuid default null,
    before_id uuid default null,
    max_rows integer default 100,
    search text default null,
    state text default null,
    endpoint_id uuid default null
) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _state constant text := calendar_private.text_or_null(state);
    _search constant text := calendar_private.like_pattern(search);
begin
    perform calendar_private.require_owner_or_service(broker_id);
    max_rows := coalesce(max_rows, 100);
    perform calendar_private.check_most('max_rows', max_rows);
    perform calendar_private.check_text('search', search, 200);
    if _state not in ('due', 'sending', 'sent', 'failed', 'skipped') then
        raise exception 'state must be due, sending, sent, failed or skipped, not %', calendar_private.quoted(_state)
            using errcode = '22023';
    end if;
    return (
        select coalesce(jsonb_agg(r.shown order by r.id desc), '[]')
          from (select n.id, jsonb_build_object(
                           'id', n.id, 'broker_id', n.broker_id, 'broker_name', k.name, 'timezone', k.timezone,
                           'booking_id', n.booking_id, 'slot_start', calendar_private.json_instant(b.slot_start),
                           'kind', n.kind, 'channel', n.channel, 'recipient', n.recipient, 'endpoint_id', n.endpoint_id,
                           'due_at', calendar_private.json_instant(n.due_at), 'state', n.state,
                           'skip_reason', n.skip_reason, 'attempts', n.attempts,
                           'next_attempt_at', case when n.state in ('due', 'sending')
                                                   then calendar_private.json_instant(n.next_attempt_at) end,
                           'problem', n.last_error,
                           'sent_at', calendar_private.json_instant(n.sent_at),
                           'delivered_at', calendar_private.json_instant(n.delivered_at),
                           'failure_id', case when n.state = 'failed' then (
                               select max(f.id) from calendar.failure_logs as f where f.notification_id = n.id) end) as shown
                  from calendar.notifications as n
                  left join calendar.brokers as k on k.id = n.broker_id
                  left join calendar.bookings as b on b.id = n.booking_id
                 where (list_notifications.broker_id is null or n.broker_id = list_notifications.broker_id)
                   and n.id < coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                   and (_state is null or n.state = _state)
                   and (list_notifications.endpoint_id is null or n.endpoint_id = list_notifications.endpoint_id)
                   and (_search is null or k.name ilike _search or k.email ilike _search)
                 order by n.id desc
                 limit max_rows) as r);
end
$$;
comment on function calendar.list_notifications(uuid, uuid, integer, text, text, uuid) is
$$Messages, the newest first: [{"id", "broker_id", "broker_name", "timezone": the broker's, "booking_id", "slot_start", "kind", "channel": email|sms|webhook, "recipient": lead|broker|operator, "endpoint_id", "due_at", "state": due|sending|sent|failed|skipped, "skip_reason", "attempts", "next_attempt_at", "problem": why the last attempt failed, "sent_at", "delivered_at", "failure_id": of one that has failed, the number by which retry_failure() sends it again}]. They contain no address. Instants are in UTC.

broker_id: the broker; null = those of all brokers, for calendar_service and operators alone. before_id: those before this one alone, for the next page. max_rows: at most so many, 1 to 1000. search: those of brokers with this in their name or e-mail address, in any case. state: those in this state alone. endpoint_id: those to this endpoint of webhooks alone.

Errors: PT404 broker_not_found; 42501 for anyone but the broker, calendar_service and operators; 22023.$$;
