create function calendar_sync.finish_notification(lease_id uuid, provider_id text default null) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
    _message calendar.notifications;
begin
    perform calendar_private.check_text('provider_id', finish_notification.provider_id, 10000);
    _message := calendar_private.find_notification(lease_id);
    update calendar.notifications as n
       set lease_id = null, provider_id = coalesce(left(finish_notification.provider_id, 200), n.provider_id),
           -- A report of the provider may have come before.
           state = case n.state when 'sending' then 'sent' else n.state end,
           last_error = case n.state when 'sending' then null else n.last_error end,
           sent_at = _now
     where n.id = _message.id;
    update calendar.webhook_endpoints as e
       set failing_since = null, last_error = null, last_success_at = _now
     where e.id = _message.endpoint_id;
end
$$;
comment on function calendar_sync.finish_notification(uuid, text) is
$$Ends a message that was handed over to its provider: the mail server, Twilio, or the endpoint of a webhook.

lease_id: as lease_notifications() returned it. provider_id: the id that the provider returned, of which 200 characters are kept.

Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.finish_notification(uuid, text) to calendar_agent;
