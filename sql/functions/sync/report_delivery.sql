create function calendar_sync.report_delivery(
    notification_id uuid,
    provider_id text,
    status text,
    problem text default null
) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _message calendar.notifications;
begin
    perform calendar_private.check_text('provider_id', report_delivery.provider_id);
    perform calendar_private.check_text('status', report_delivery.status);
    perform calendar_private.check_text('problem', report_delivery.problem, 10000);
    -- Reports come in any order, also before the answer to the sending: the first final one counts.
    update calendar.notifications as n
       set provider_id = coalesce(left(report_delivery.provider_id, 200), n.provider_id),
           delivered_at = case status when 'delivered' then calendar_private.current_instant() end,
           state = case status when 'delivered' then n.state else 'failed' end,
           last_error = case status when 'delivered' then null
                                    else calendar_private.one_line(left(coalesce(report_delivery.problem, status), 1000)) end
     where n.id = report_delivery.notification_id and n.channel = 'sms' and n.delivered_at is null
       and n.state in ('sending', 'sent') and status in ('delivered', 'undelivered', 'failed')
    returning n.* into _message;
    if _message.state = 'failed' then
        perform calendar_private.note_unsent(_message, _message.last_error, true);
    end if;
    return exists (select from calendar.notifications as n
                    where n.id = report_delivery.notification_id and n.channel = 'sms');
end
$$;
comment on function calendar_sync.report_delivery(uuid, text, text, text) is
$$Records what a provider reports later of an SMS.

notification_id: the message. provider_id: the provider's id of it. status: delivered, undelivered and failed are final and kept, the first that comes; others change nothing. problem: why it was not delivered, in plain words.

Returns whether there is such an SMS. Errors: 22023.$$;
grant execute on function calendar_sync.report_delivery(uuid, text, text, text) to calendar_agent;
