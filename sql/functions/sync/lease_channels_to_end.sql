create function calendar_sync.lease_channels_to_end(
    max_channels integer default 10,
    lease_for interval default '60 seconds'
) returns table (
    lease_id uuid,
    calendar_id uuid,
    account_id uuid,
    provider text,
    settings jsonb,
    channel_id text,
    resource_id text,
    expires_at timestamptz
)
    language plpgsql volatile security definer rows 10
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    max_channels := coalesce(max_channels, 10);
    lease_for := coalesce(lease_for, interval '60 seconds');
    perform calendar_private.check_lease('max_channels', max_channels, lease_for);
    return query
    select l.lease_id, c.id, a.id, a.provider, a.settings, l.channel_id, l.resource_id, l.expires_at
      from calendar_private.take_channels(array(
            select w.calendar_id
              from calendar.webhook_channels as w
              join calendar.calendars as c on c.id = w.calendar_id
              join calendar.accounts as a on a.id = c.account_id
             where a.status = 'disconnected' and w.expires_at > _now
               and (w.lease_id is null or calendar_private.is_free(w.leased_until))
             order by w.expires_at
             limit max_channels
               for no key update of w skip locked
           ), lease_for) as l
      join calendar.calendars as c on c.id = l.calendar_id
      join calendar.accounts as a on a.id = c.account_id;
end
$$;
comment on function calendar_sync.lease_channels_to_end(integer, interval) is
$$Leases channels of disconnected accounts, so that no other agent ends them at the same time. Call it until it returns no row, and lease_accounts_to_end() then: an account that has no channel left is to lose its credential.

max_channels: how many to lease, 1 to 1000. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it.

Returns what it takes to end a channel at its provider. Call end_channel() then, whether the provider did it or not: a channel that it does not end expires by itself.

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar_sync.lease_channels_to_end(integer, interval) to calendar_agent;
