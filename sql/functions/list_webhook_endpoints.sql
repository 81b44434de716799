create function calendar.list_webhook_endpoints(broker_id uuid default null) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_owner_or_service(broker_id);
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'id', e.id, 'broker_id', e.broker_id, 'broker_name', b.name, 'url', e.url, 'events', e.events,
                   'failing_since', calendar_private.json_instant(e.failing_since), 'last_error', e.last_error,
                   'last_success_at', calendar_private.json_instant(e.last_success_at),
                   'disabled_at', calendar_private.json_instant(e.disabled_at),
                   'created_at', calendar_private.json_instant(e.created_at)) order by e.created_at, e.id), '[]')
          from calendar.webhook_endpoints as e
          left join calendar.brokers as b on b.id = e.broker_id
         where list_webhook_endpoints.broker_id is null or e.broker_id = list_webhook_endpoints.broker_id);
end
$$;
comment on function calendar.list_webhook_endpoints(uuid) is
$$The endpoints of webhooks, without their secrets, the oldest first: [{"id", "broker_id", "broker_name", "url", "events": null = all, "failing_since", "last_error", "last_success_at", "disabled_at", "created_at"}]. Instants are in UTC.

broker_id: the broker; null = those of all brokers, for calendar_service and operators alone.

Errors: PT404 broker_not_found; 42501 for anyone but the broker, calendar_service and operators; 22023.$$;
