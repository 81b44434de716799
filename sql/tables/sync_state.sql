create table calendar.sync_state (
    calendar_id uuid primary key references calendar.calendars on delete cascade,
    sync_token text,
    last_success_at timestamptz,
    last_full_at timestamptz,
    covered_until timestamptz,
    last_attempt_at timestamptz,
    pull_ended_at timestamptz,
    next_attempt_at timestamptz,
    paused_until timestamptz,
    requested_at timestamptz,
    failures integer not null default 0 check (failures >= 0),
    problem text,
    unchanged_pulls bigint not null default 0 check (unchanged_pulls >= 0),
    missed_rounds integer not null default 0 check (missed_rounds >= 0),
    found_empty_at timestamptz,
    lease_id uuid unique,
    leased_at timestamptz,
    leased_until timestamptz,
    updated_at timestamptz not null default calendar_private.current_instant()
);
-- In the order in which they are pulled.
create index sync_state_last_attempt_at_idx on calendar.sync_state
    (coalesce(last_attempt_at, '-infinity'::timestamptz));

comment on table calendar.sync_state is 'The sync state of each calendar';
comment on column calendar.sync_state.calendar_id is 'The calendar';
comment on column calendar.sync_state.sync_token is 'The provider''s token from which the next incremental pull continues';
comment on column calendar.sync_state.last_success_at is 'When the calendar was last known to match the provider (UTC instant)';
comment on column calendar.sync_state.last_full_at is 'When a full batch was last applied (UTC instant)';
comment on column calendar.sync_state.covered_until is 'The end of the last full pull''s window (UTC instant): until then all events are known. No slot is offered that ends later; null = none at all. infinity for a feed';
comment on column calendar.sync_state.last_attempt_at is 'When the last pull began (UTC instant)';
comment on column calendar.sync_state.pull_ended_at is 'When the last pull ended, by the server''s own clock as begin_round() reads it (UTC instant)';
comment on column calendar.sync_state.next_attempt_at is 'Until when no pull is tried again after a failure (UTC instant)';
comment on column calendar.sync_state.paused_until is 'Until when the provider asks not to be asked (UTC instant), also where a sync is requested; null = it did not ask';
comment on column calendar.sync_state.requested_at is 'When a person last requested a sync (UTC instant)';
comment on column calendar.sync_state.failures is 'Failed pulls in a row';
comment on column calendar.sync_state.problem is 'Why the last pull failed, in plain words';
comment on column calendar.sync_state.unchanged_pulls is 'How many pulls have changed nothing; sync_logs has no rows for them';
comment on column calendar.sync_state.missed_rounds is 'In how many rounds running the provider did not have the calendar, neither by itself nor in its account''s list';
comment on column calendar.sync_state.found_empty_at is 'When a full pull returned no event although some were known (UTC instant); the next such pull is applied';
comment on column calendar.sync_state.lease_id is 'The pull in progress';
comment on column calendar.sync_state.leased_at is 'When the pull in progress began (UTC instant)';
comment on column calendar.sync_state.leased_until is 'When another agent may take over (UTC instant)';
comment on column calendar.sync_state.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.sync_state', '');

alter table calendar.sync_state enable row level security;
create policy own_broker on calendar.sync_state for select
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.sync_state
    to calendar_service, calendar_definer using (true) with check (true);
