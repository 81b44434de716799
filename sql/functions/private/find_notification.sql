create function calendar_private.find_notification(lease_id uuid) returns calendar.notifications
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _message calendar.notifications;
begin
    select n.* into _message from calendar.notifications as n where n.lease_id = find_notification.lease_id for no key update;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    return _message;
end
$$;
comment on function calendar_private.find_notification(uuid) is
    'The message that an agent has leased, locked. PT409 lease_lost where another agent has taken over or the attempt has ended.';
