create function calendar_sync.wake_calendar(channel_id text, secret text, renew boolean default false) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _calendar_id uuid;
begin
    perform calendar_private.check_text('channel_id', wake_calendar.channel_id, 2000);
    perform calendar_private.check_text('secret', wake_calendar.secret, 2000);
    select w.calendar_id into _calendar_id
      from calendar.webhook_channels as w
     where w.channel_id = wake_calendar.channel_id
       and w.secret_digest = sha256(convert_to(wake_calendar.secret, 'UTF8'));
    if not found then
        return false;
    end if;
    perform calendar_private.make_due(_calendar_id);
    if renew then
        update calendar.webhook_channels as w
           set expires_at = least(w.expires_at, calendar_private.current_instant())
         where w.calendar_id = _calendar_id;
    end if;
    return true;
end
$$;
comment on function calendar_sync.wake_calendar(text, text, boolean) is
$$Makes a calendar due for a pull at once, because its provider reported a change, and notifies calendar_pull.

channel_id: the channel. secret: what came with the notification. renew: whether the provider wants the channel to be renewed, too, or has ended it.

Returns false, and does nothing, where the channel does not exist or the secret is wrong.$$;
grant execute on function calendar_sync.wake_calendar(text, text, boolean) to calendar_agent;
