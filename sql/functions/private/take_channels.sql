create function calendar_private.take_channels(calendars uuid[], lease_for interval)
    returns setof calendar.webhook_channels
    language sql volatile rows 10
    set search_path = pg_catalog, pg_temp
as $$
    update calendar.webhook_channels as w
       set lease_id = gen_random_uuid(), leased_until = calendar_private.current_instant() + lease_for
     where w.calendar_id = any (calendars)
    returning w.*
$$;
comment on function calendar_private.take_channels(uuid[], interval) is
    'Leases the channels of calendars, which the caller has locked, for as long, and returns them';
