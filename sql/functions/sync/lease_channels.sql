create function calendar_sync.lease_channels(
    max_channels integer default 10,
    lease_for interval default '60 seconds'
) returns table (
    lease_id uuid,
    calendar_id uuid,
    account_id uuid,
    provider text,
    settings jsonb,
    external_calendar_id text,
    timezone text,
    channel_id text,
    resource_id text,
    expires_at timestamptz,
    leased_at timestamptz
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
    insert into calendar.webhook_channels (calendar_id)
    select c.id
      from calendar.calendars as c
      join calendar.accounts as a on a.id = c.account_id
     where a.provider in ('google', 'microsoft')
       and not exists (select from calendar.webhook_channels as w where w.calendar_id = c.id)
    on conflict do nothing;
    return query
    select l.lease_id, c.id, a.id, a.provider, a.settings, c.external_calendar_id, c.timezone::text,
           l.channel_id, l.resource_id, l.expires_at, _now
      from calendar_private.take_channels(array(
            select w.calendar_id
              from calendar.webhook_channels as w
              join calendar.calendars as c on c.id = w.calendar_id
              join calendar.accounts as a on a.id = c.account_id
             where a.status = 'active' and c.sync_enabled and c.gone_at is null
               and calendar_private.is_free(w.leased_until)
               and (w.expires_at is null or w.expires_at <= _now + interval '1 day')
             order by w.expires_at nulls first
             limit max_channels
               for no key update of w skip locked
           ), lease_for) as l
      join calendar.calendars as c on c.id = l.calendar_id
      join calendar.accounts as a on a.id = c.account_id;
end
$$;
comment on function calendar_sync.lease_channels(integer, interval) is
$$Leases calendars of active accounts at Google and Microsoft that have no channel for notifications, or one that ends within a day, so that no other agent renews them at the same time. Call it until it returns no row.

max_channels: how many to lease, 1 to 1000. lease_for: how long the lease lasts, 1 second to 1 day; renew_leases() extends it. Where the renewal fails, the calendar rests for as long.

Returns what it takes to open or renew a channel, the present one if there is one, and the present time. End it with finish_channel(), or release_leases().$$;
grant execute on function calendar_sync.lease_channels(integer, interval) to calendar_agent;
