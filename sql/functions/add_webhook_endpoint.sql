create function calendar.add_webhook_endpoint(
    url text,
    broker_id uuid default null,
    events text[] default null
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant text[] := array['booked', 'requested', 'confirmed', 'declined', 'rescheduled', 'cancelled',
                                    'booking_failed', 'manual_booking', 'unwritten', 'alert', 'recovered'];
    _made record;
    _id uuid;
begin
    url := calendar_private.text_or_null(url);
    perform calendar_private.require_owner_or_service(broker_id);
    if broker_id is not null then
        perform calendar_private.lock_broker(broker_id);
    end if;
    if url is null or not calendar_private.is_web_address(url) then
        raise exception 'url must be an http or https address of at most 2000 characters, not %', calendar_private.quoted(url)
            using errcode = '22023';
    elsif not events <@ _kinds or events = '{}' then
        raise exception 'events must be some of %, not %', array_to_string(_kinds, ', '), calendar_private.quoted(events::text)
            using errcode = '22023';
    elsif (select count(*) from calendar.webhook_endpoints as e
            where e.broker_id is not distinct from add_webhook_endpoint.broker_id) >= 20 then
        raise exception 'webhook_endpoints must have at most 20 rows for one broker' using
            errcode = '22023', hint = 'Remove endpoints that are no longer used.';
    end if;
    _made := calendar_private.make_webhook_secret();
    insert into calendar.webhook_endpoints (broker_id, url, events, mac_key)
    values (broker_id, url, events, _made.mac_key)
    returning webhook_endpoints.id into _id;
    return jsonb_build_object('id', _id, 'secret', _made.secret);
end
$$;
comment on function calendar.add_webhook_endpoint(text, uuid, text[]) is
$$Adds an address to which an agent posts what happens to bookings, signed as Standard Webhooks has it, and returns {"id", "secret"}: the secret, whsec_ and base64, is stored nowhere and cannot be shown again.

url: an http or https address. broker_id: whose bookings; null = those of all brokers, and alerts, for calendar_service and operators alone. events: some of booked, requested, confirmed, declined, rescheduled, cancelled, booking_failed, manual_booking, unwritten, alert, recovered; null = all.

Errors: PT404 broker_not_found; 42501 for anyone but the broker, calendar_service and operators; 22023, also for more than 20 endpoints of a broker.$$;
