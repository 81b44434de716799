create function calendar_private.queue_needs_reconnect() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if new.status = 'needs_reconnect' then
        perform calendar_private.queue_account_messages(new.id, 'needs_reconnect', calendar_private.current_instant());
    else
        update calendar.notifications as n
           set state = 'skipped', skip_reason = 'resolved'
         where n.broker_id = new.broker_id and n.subject = new.id::text and n.kind = 'needs_reconnect' and n.state = 'due';
    end if;
    return null;
end
$$;
comment on function calendar_private.queue_needs_reconnect() is
    'Trigger: writes the messages about an account whose credential is refused, and ends those that are due once it is not any more';
