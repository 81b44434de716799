create function calendar_sync.skip_notification(lease_id uuid, reason text) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _message calendar.notifications;
begin
    reason := calendar_private.text_or_null(reason);
    if reason is distinct from 'no_address' then
        raise exception 'reason must be no_address, not %', calendar_private.quoted(reason) using errcode = '22023';
    end if;
    _message := calendar_private.find_notification(lease_id);
    update calendar.notifications as n
       set state = 'skipped', skip_reason = reason, lease_id = null, attempts = n.attempts - 1
     where n.id = _message.id;
end
$$;
comment on function calendar_sync.skip_notification(uuid, text) is
$$Ends a message that the agent cannot send: one to operators whose address its configuration does not have.

lease_id: as lease_notifications() returned it. reason: no_address.

Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.skip_notification(uuid, text) to calendar_agent;
