create function calendar_private.lock_endpoint(endpoint_id uuid) returns calendar.webhook_endpoints
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _endpoint calendar.webhook_endpoints;
begin
    if endpoint_id is null then
        raise exception 'endpoint_id must not be null' using errcode = '22023';
    end if;
    select e.* into _endpoint from calendar.webhook_endpoints as e where e.id = lock_endpoint.endpoint_id for no key update;
    if not found
       or _endpoint.broker_id is null and not calendar_private.serves_all()
       or _endpoint.broker_id is not null
          and coalesce(calendar_private.caller_access(_endpoint.broker_id), 'public') = 'public' then
        raise exception 'endpoint_not_found' using errcode = 'PT404';
    end if;
    return _endpoint;
end
$$;
comment on function calendar_private.lock_endpoint(uuid) is
    'An endpoint of webhooks, locked. PT404 endpoint_not_found, also for anyone but its broker and calendar_service; one of all brokers is calendar_service''s.';
