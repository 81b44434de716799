create table calendar.busy_blocks (
    broker_id uuid not null,
    calendar_id uuid not null,
    event_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- Also says to a publication which row has changed.
    primary key (event_id, starts_at),
    -- A reader finds all blocks over an instant by looking back no further than this.
    check (starts_at < ends_at and ends_at <= starts_at + interval '24 hours')
);
-- Has all that a reader needs, so that it need not visit the table.
create index busy_blocks_broker_id_starts_at_idx on calendar.busy_blocks (broker_id, starts_at)
    include (ends_at, event_id);

comment on table calendar.busy_blocks is 'When events take their brokers'' time, derived from events by triggers: one row for each occurrence; those of one event that overlap are one, and longer ones are cut every 24 hours. Complete for each calendar from blocks_from until blocks_until.';
comment on column calendar.busy_blocks.broker_id is 'The broker whose time it is';
comment on column calendar.busy_blocks.calendar_id is 'The event''s calendar';
comment on column calendar.busy_blocks.event_id is 'The event: a single one, a master or an override; the first of several where calendars.blocks_merged';
comment on column calendar.busy_blocks.starts_at is 'First instant (UTC)';
comment on column calendar.busy_blocks.ends_at is 'First instant after it (UTC)';

select pg_catalog.pg_extension_config_dump('calendar.busy_blocks', '');

alter table calendar.busy_blocks enable row level security;
create policy own_broker on calendar.busy_blocks for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.busy_blocks
    to calendar_service, calendar_definer using (true) with check (true);
