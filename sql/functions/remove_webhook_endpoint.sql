create function calendar.remove_webhook_endpoint(endpoint_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _endpoint calendar.webhook_endpoints := calendar_private.lock_endpoint(endpoint_id);
begin
    delete from calendar.webhook_endpoints as e where e.id = _endpoint.id;
end
$$;
comment on function calendar.remove_webhook_endpoint(uuid) is
$$Removes an endpoint of webhooks, with the messages to it.

endpoint_id: the endpoint.

Errors: PT404 endpoint_not_found, also for anyone but its broker and calendar_service; 22023.$$;
