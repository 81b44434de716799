create function calendar_private.queue_account_messages(account_id uuid, kind text, first_at timestamptz) returns void
    language sql volatile
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into calendar.notifications (broker_id, subject, kind, channel, recipient, revision, minutes, due_at, next_attempt_at)
    select a.broker_id, a.id::text, queue_account_messages.kind, c.channel, 'broker',
           extract(epoch from calendar_private.current_instant())::bigint / 86400, m.minutes, d.due_at, d.due_at
      from calendar.accounts as a
      join calendar.brokers as r on r.id = a.broker_id
     cross join (values ('email'), ('sms')) as c (channel)
     cross join (values (0), (4320), (10080)) as m (minutes)
     cross join lateral (select queue_account_messages.first_at + make_interval(mins => m.minutes)) as d (due_at)
     where a.id = queue_account_messages.account_id
       and calendar_private.wants_message(r.notify, 'broker', c.channel, queue_account_messages.kind)
    -- Once a day at most, however often it comes and goes.
    on conflict do nothing;
end;
comment on function calendar_private.queue_account_messages(uuid, text, timestamptz) is
    'Writes the messages to its broker about an account that needs_reconnect or is sync_failing: one at first_at, and one 3 and 7 days later';
