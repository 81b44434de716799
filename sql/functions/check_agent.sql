create function calendar.check_agent() returns jsonb
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select pg_catalog.jsonb_build_object(
        'extension_version', (select e.extversion from pg_catalog.pg_extension as e where e.extname = 'calendar_ext'),
        'now', pg_catalog.clock_timestamp(),
        'postgres', pg_catalog.current_setting('server_version'),
        'is_in_recovery', pg_catalog.pg_is_in_recovery(),
        'iana_version', calendar_private.timezone_version(),
        'accounts', (select pg_catalog.count(*) from calendar.accounts as a),
        'waiting', (select pg_catalog.count(*) from calendar.outbox as o where o.done_at is null));
end;
comment on function calendar.check_agent() is
    'What sync-agent has to know of the server: {"extension_version", "now", "postgres", "is_in_recovery", "iana_version", "accounts", "waiting": outbox rows still to be written}';
