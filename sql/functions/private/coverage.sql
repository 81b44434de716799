create function calendar_private.coverage(of_calendar calendar.calendars) returns timestamptz
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select case when a.id is null or a.status in ('paused', 'disconnected') or not of_calendar.sync_enabled
                     or of_calendar.gone_at is not null
                then 'infinity'
                else coalesce(s.covered_until, '-infinity') end
      from (select) as one
      left join calendar.accounts as a on a.id = of_calendar.account_id
      left join calendar.sync_state as s on s.calendar_id = of_calendar.id
$$;
comment on function calendar_private.coverage(calendar.calendars) is
    'Until when the events of a calendar are known (calendars.covered_until): what sync_state says, and infinity for a calendar that is not kept in sync, which is a local one, one of an account that is paused or disconnected, one without sync_enabled, and one that is gone';
