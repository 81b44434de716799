create table calendar.calendars (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    timezone text not null
        check (calendar_private.is_timezone(timezone) or calendar_private.refuse('timezone', timezone, 'an IANA time zone such as America/New_York')),
    blocks_availability boolean not null default true,
    tentative_blocks boolean not null default true,
    all_day_blocks boolean not null default true,
    blocks_from timestamptz not null default calendar_private.current_instant() - interval '31 days',
    blocks_until timestamptz not null default calendar_private.current_instant() + interval '400 days',
    blocks_merged boolean not null default false,
    is_primary boolean not null default false,
    is_writable boolean not null default true,
    receives_obligations boolean,
    account_id uuid,
    external_calendar_id text,
    display_name text,
    sync_past_days integer not null default 1 check (sync_past_days between 0 and 3660 or calendar_private.refuse('sync_past_days', sync_past_days::text, 'from 0 to 3660')),
    sync_future_days integer check (sync_future_days between 1 and 3660 or calendar_private.refuse('sync_future_days', sync_future_days::text, 'from 1 to 3660')),
    sync_enabled boolean not null default true,
    sync_interval_minutes integer check (sync_interval_minutes between 1 and 1440 or calendar_private.refuse('sync_interval_minutes', sync_interval_minutes::text, 'from 1 to 1440')),
    covered_until timestamptz not null default '-infinity',
    gone_at timestamptz,
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant(),
    foreign key (account_id, broker_id) references calendar.accounts (id, broker_id) on delete cascade,
    unique (id, broker_id),
    unique (account_id, external_calendar_id),
    check (account_id is null or external_calendar_id is not null
           or calendar_private.refuse('external_calendar_id', 'null', 'set for a calendar of an account')),
    check (blocks_from < blocks_until)
);
-- Has all that a reader needs, so that it need not visit the table.
create index calendars_broker_id_idx on calendar.calendars (broker_id)
    include (id, timezone, blocks_availability, tentative_blocks, all_day_blocks, blocks_from, blocks_until, covered_until, gone_at);
-- In the order in which extend_horizon() moves them on.
create index calendars_blocks_until_idx on calendar.calendars (blocks_until);
-- Few calendars are waiting for their first pull.
create index calendars_never_pulled_idx on calendar.calendars (id)
    where covered_until = '-infinity'::timestamptz and account_id is not null;
-- Few have one of their own.
create index calendars_sync_interval_minutes_idx on calendar.calendars (id) where sync_interval_minutes is not null;
-- By which webhooks name them.
create index calendars_external_calendar_id_idx on calendar.calendars (external_calendar_id);
create unique index calendars_one_primary on calendar.calendars (broker_id) where is_primary;

comment on table calendar.calendars is 'The calendars of brokers: mirrors of calendars at providers, and local ones';
comment on column calendar.calendars.id is 'Key';
comment on column calendar.calendars.broker_id is 'The broker that the calendar belongs to';
comment on column calendar.calendars.timezone is 'IANA zone in which its all-day events and floating times are read';
comment on column calendar.calendars.blocks_availability is 'Whether its events take the broker''s time';
comment on column calendar.calendars.tentative_blocks is 'Whether its tentative events do';
comment on column calendar.calendars.all_day_blocks is 'Whether its all-day events do';
comment on column calendar.calendars.blocks_from is 'From when on busy_blocks is complete for it (UTC instant)';
comment on column calendar.calendars.blocks_until is 'Until when busy_blocks is complete for it (UTC instant); moved on by extend_horizon()';
comment on column calendar.calendars.blocks_merged is 'Whether its busy blocks are merged over all its events, as they would be too many';
comment on column calendar.calendars.is_primary is 'Whether the broker''s bookings are written to it; at most one is';
comment on column calendar.calendars.is_writable is 'Whether the provider lets us write to it';
comment on column calendar.calendars.receives_obligations is 'Whether the broker''s deadlines are written to it; null = where it is the primary one';
comment on column calendar.calendars.account_id is 'The account it belongs to; null = a local calendar';
comment on column calendar.calendars.external_calendar_id is 'The provider''s id of it';
comment on column calendar.calendars.display_name is 'Name to show';
comment on column calendar.calendars.sync_past_days is 'Days before now that are kept in sync';
comment on column calendar.calendars.sync_future_days is 'Days after now that are kept in sync (1 to 3660); null = two days more than the broker''s booking_horizon_days';
comment on column calendar.calendars.sync_interval_minutes is 'Minutes from one pull to the next (1 to 1440); null = the agent''s';
comment on column calendar.calendars.sync_enabled is 'Whether it is kept in sync; if not, its events take time as they last were';
comment on column calendar.calendars.covered_until is 'Until when all its events are known (UTC instant), so that time can be offered: sync_state.covered_until, and -infinity where that is null; infinity where it is not kept in sync. Derived';
comment on column calendar.calendars.gone_at is 'Since when it is gone at the provider (UTC instant): it answered that it is not there, and the account''s list lacked it, in two rounds running. Its events take no time; null = it is there';
comment on column calendar.calendars.created_at is 'When the row was created (UTC instant)';
comment on column calendar.calendars.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.calendars', '');

alter table calendar.calendars enable row level security;
create policy own_broker on calendar.calendars
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.calendars
    to calendar_service, calendar_definer using (true) with check (true);
