create function calendar_sync.finish_channel(
    calendar_id uuid,
    channel_id text,
    resource_id text default null,
    expires_at timestamptz default null,
    secret text default null
) returns table (replaced_channel_id text, replaced_resource_id text)
    language plpgsql volatile security definer rows 1
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _old calendar.webhook_channels;
begin
    channel_id := calendar_private.text_or_null(channel_id);
    resource_id := calendar_private.text_or_null(resource_id);
    secret := calendar_private.text_or_null(secret);
    perform calendar_private.check_text('channel_id', finish_channel.channel_id, 2000);
    perform calendar_private.check_text('resource_id', finish_channel.resource_id, 2000);
    perform calendar_private.check_text('secret', finish_channel.secret, 2000);
    select w.* into _old
      from calendar.webhook_channels as w
     where w.calendar_id = finish_channel.calendar_id
       for no key update;
    if not found then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    elsif finish_channel.channel_id is null then
        update calendar.webhook_channels as w set lease_id = null, leased_until = _now + interval '1 day'
         where w.calendar_id = _old.calendar_id;
        return;
    elsif finish_channel.expires_at is null
       or finish_channel.secret is null and _old.channel_id is distinct from finish_channel.channel_id then
        raise exception 'a channel must have expires_at, and a new one a secret' using errcode = '22023';
    end if;
    update calendar.webhook_channels as w
       set channel_id = finish_channel.channel_id, resource_id = finish_channel.resource_id,
           expires_at = finish_channel.expires_at,
           secret_digest = coalesce(sha256(convert_to(finish_channel.secret, 'UTF8')), w.secret_digest),
           -- One that ends soon all the same is not renewed without end.
           lease_id = null, leased_until = _now + interval '10 minutes'
     where w.calendar_id = _old.calendar_id;
    if _old.channel_id is distinct from finish_channel.channel_id then
        -- What happened before it was known here has been told to nobody.
        perform calendar_private.make_due(_old.calendar_id);
        return query select _old.channel_id, _old.resource_id where _old.channel_id is not null;
    end if;
end
$$;
comment on function calendar_sync.finish_channel(uuid, text, text, timestamptz, text) is
$$Records the channel of a calendar, and makes the calendar due where the channel is new.

calendar_id: the calendar. channel_id: the channel; null = the provider offers no channel, and none is requested for a day. resource_id: with Google, what it needs to stop the channel. expires_at: the instant at which the provider ends it. secret: what the provider repeats in each notification; null = as before. Only its digest is stored.

Returns the channel that was replaced, which the caller must stop.

Errors: PT404 calendar_not_found; 22023.$$;
grant execute on function calendar_sync.finish_channel(uuid, text, text, timestamptz, text) to calendar_agent;
