create function calendar_sync.end_channel(lease_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.webhook_channels as w
       set channel_id = null, resource_id = null, secret_digest = null, expires_at = null,
           lease_id = null, leased_until = null
     where w.lease_id = end_channel.lease_id;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
end
$$;
comment on function calendar_sync.end_channel(uuid) is
$$Forgets a channel that lease_channels_to_end() has leased. Its notifications are not accepted any more.

lease_id: the lease.

Errors: PT409 lease_lost where another agent has taken over.$$;
grant execute on function calendar_sync.end_channel(uuid) to calendar_agent;
