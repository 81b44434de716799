create view calendar.sync_health with (security_invoker = true) as
select c.id as calendar_id, a.id as account_id, b.id as broker_id, b.name as broker_name, a.provider,
       coalesce(c.display_name, c.external_calendar_id) as display_name, a.status as account_status,
       s.last_success_at, s.last_attempt_at, s.covered_until, c.gone_at,
       calendar_private.current_instant() - s.last_success_at as drift,
       coalesce(s.failures, 0) as failures, s.next_attempt_at, coalesce(r.rejected, 0) as rejected,
       case when a.status = 'needs_reconnect' then
                'connect the account again' || coalesce(': ' || a.problem, '')
            when a.status = 'disconnected' and a.events_kept then
                'the account is disconnected: its events take time as they last were'
            when a.status <> 'active' then 'the account is ' || a.status
            when not c.sync_enabled then null
            when c.gone_at is not null then 'the calendar is gone at the provider'
            when s.problem is not null then s.problem
            when s.last_success_at is null or s.covered_until is null then 'not synced yet'
            when calendar_private.is_stale(
                     s.last_success_at + make_interval(mins => coalesce(c.sync_interval_minutes, 0))) then 'no agent has come by for a while'
            when r.rejected = 1 then
                format('1 event could not be understood, so its time may be offered: %s', r.example)
            when r.rejected > 1 then
                format('%s events could not be understood, so their time may be offered; one of them: %s', r.rejected, r.example)
       end as problem,
       local.id is not null as is_unreached,
       case when (a.provider in ('ghl', 'ics') or not c.is_writable)
             and (c.receives_obligations
                  or c.receives_obligations is null and c.is_primary
                     and exists (select from calendar.obligations as o where o.broker_id = c.broker_id))
            then calendar_private.obligations_problem(a.provider, a.status, c.is_writable, c.gone_at) end as obligations_problem
  from calendar.calendars as c
  join calendar.accounts as a on a.id = c.account_id
  join calendar.brokers as b on b.id = c.broker_id
  left join calendar.sync_state as s on s.calendar_id = c.id
  -- All at once: asked for each calendar, it took most of the time of the list.
  left join (
       select e.calendar_id, count(*) as rejected,
              min(concat_ws(': ', nullif(e.external_event_id, ''), e.reason)) as example
         from calendar.rejected_events as e
        group by e.calendar_id) as r on r.calendar_id = c.id
  -- Reported once for each account.
  left join calendar.calendars as local
         on local.broker_id = c.broker_id and local.is_primary and local.account_id is null
        and c.id = (select f.id from calendar.calendars as f
                     where f.account_id = c.account_id and f.is_writable and f.gone_at is null
                     order by f.created_at, f.id limit 1);

comment on view calendar.sync_health is 'The sync state of each calendar that belongs to an account';
comment on column calendar.sync_health.calendar_id is 'The calendar';
comment on column calendar.sync_health.account_id is 'Its account';
comment on column calendar.sync_health.broker_id is 'Its broker';
comment on column calendar.sync_health.broker_name is 'The broker''s name';
comment on column calendar.sync_health.provider is 'google, microsoft, caldav, ics or ghl';
comment on column calendar.sync_health.display_name is 'The calendar''s name';
comment on column calendar.sync_health.account_status is 'active, paused, needs_reconnect or disconnected';
comment on column calendar.sync_health.last_success_at is 'When it was last known to match the provider (UTC instant)';
comment on column calendar.sync_health.last_attempt_at is 'When the last pull began (UTC instant)';
comment on column calendar.sync_health.covered_until is 'Until when all its events are known (UTC instant), so that time can be offered; null = it was never read as a whole';
comment on column calendar.sync_health.gone_at is 'Since when it is gone at the provider (UTC instant), so that its events take no time; null = it is there';
comment on column calendar.sync_health.drift is 'Time since the last success';
comment on column calendar.sync_health.failures is 'Failed pulls in a row';
comment on column calendar.sync_health.next_attempt_at is 'Until when no pull is tried again (UTC instant); null = the next one is due at once';
comment on column calendar.sync_health.rejected is 'How many of its events could not be understood, so that their time may be offered';
comment on column calendar.sync_health.problem is 'What is wrong, in plain words; null = nothing';
comment on column calendar.sync_health.is_unreached is 'Whether no booking is written to its account, because the broker''s primary calendar is a local one; true for one calendar of the account, which set_primary_calendar() can make the primary one';
comment on column calendar.sync_health.obligations_problem is 'Why the deadlines that should be written to it cannot be, in plain words; null = they can, or none should';
