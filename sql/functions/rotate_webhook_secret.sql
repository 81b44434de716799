create function calendar.rotate_webhook_secret(endpoint_id uuid, keep_hours integer default 24) returns text
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _endpoint calendar.webhook_endpoints := calendar_private.lock_endpoint(endpoint_id);
    _made record;
begin
    keep_hours := coalesce(keep_hours, 24);
    if keep_hours not between 0 and 720 then
        raise exception 'keep_hours must be from 0 to 720, not %', keep_hours using errcode = '22023';
    end if;
    _made := calendar_private.make_webhook_secret();
    update calendar.webhook_endpoints as e
       set mac_key = _made.mac_key, former_mac_key = e.mac_key,
           former_until = calendar_private.current_instant() + make_interval(hours => keep_hours),
           disabled_at = null, failing_since = null, last_error = null
     where e.id = _endpoint.id;
    return _made.secret;
end
$$;
comment on function calendar.rotate_webhook_secret(uuid, integer) is
$$Makes a new secret for an endpoint of webhooks, and returns it. Messages are signed with the one before, too, for some hours. An endpoint that was disabled is enabled.

endpoint_id: the endpoint. keep_hours: for how many hours the secret before signs, too, 0 to 720.

Errors: PT404 endpoint_not_found, also for anyone but its broker and calendar_service; 22023.$$;
