create function calendar_sync.check_agent() returns jsonb
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select pg_catalog.jsonb_build_object(
        'extension_version', (select e.extversion from pg_catalog.pg_extension as e where e.extname = 'calendar_ext'),
        'now', pg_catalog.clock_timestamp(),
        'postgres', pg_catalog.current_setting('server_version'),
        'is_in_recovery', pg_catalog.pg_is_in_recovery(),
        'is_read_only', pg_catalog.current_setting('transaction_read_only')::boolean,
        'iana_version', calendar_private.timezone_version(),
        'accounts', (select pg_catalog.count(*) from calendar.accounts as a),
        'notification_queue_usage', pg_catalog.pg_notification_queue_usage(),
        'waiting', (select pg_catalog.count(*) from calendar.outbox as o where o.done_at is null));
end;
comment on function calendar_sync.check_agent() is
$$Returns what sync-agent needs to know about the server: {"extension_version", "now", "postgres": the server's version, "is_in_recovery", "is_read_only": whether it refuses to write, "iana_version", "accounts": how many there are, "notification_queue_usage": how full the queue of LISTEN and NOTIFY is, from 0 to 1, "waiting": how many rows of outbox are still to be written}.

At a notification_queue_usage of 1 every transaction that sends a notification fails, and so does every booking. A session that listens and stays in a transaction keeps the queue from being emptied.$$;
grant execute on function calendar_sync.check_agent() to calendar_agent;
