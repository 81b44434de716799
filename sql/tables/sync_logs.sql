create table calendar.sync_logs (
    id bigint generated always as identity primary key,
    calendar_id uuid not null references calendar.calendars on delete cascade,
    logged_at timestamptz not null default calendar_private.current_instant(),
    is_full boolean not null,
    created integer not null,
    updated integer not null,
    deleted integer not null,
    unchanged integer not null,
    rejected integer not null,
    problem text
);
create index on calendar.sync_logs (calendar_id, logged_at);
create index on calendar.sync_logs (logged_at);

comment on table calendar.sync_logs is 'One row for each pull of a calendar that changed something, rejected something or failed; sync_state.unchanged_pulls counts the others';
comment on column calendar.sync_logs.id is 'Key';
comment on column calendar.sync_logs.calendar_id is 'The calendar';
comment on column calendar.sync_logs.logged_at is 'When (UTC instant)';
comment on column calendar.sync_logs.is_full is 'Whether the batch replaced all events of its window';
comment on column calendar.sync_logs.created is 'Events that were new';
comment on column calendar.sync_logs.updated is 'Events that had changed';
comment on column calendar.sync_logs.deleted is 'Events that were deleted';
comment on column calendar.sync_logs.unchanged is 'Events that had not changed';
comment on column calendar.sync_logs.problem is 'Why it failed; null = it succeeded';
comment on column calendar.sync_logs.rejected is 'Events that could not be understood; failure_logs says why';

select pg_catalog.pg_extension_config_dump('calendar.sync_logs', '');
select pg_catalog.pg_extension_config_dump('calendar.sync_logs_id_seq', '');

alter table calendar.sync_logs enable row level security;
create policy own_broker on calendar.sync_logs for select
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.sync_logs
    to calendar_service, calendar_definer using (true) with check (true);
