create table calendar.obligations (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    external_id text collate "C" not null,
    title text not null,
    notes text,
    url text,
    due_on date,
    due_at timestamptz,
    duration_minutes integer not null default 30,
    reminder_minutes integer[] not null default '{1440}',
    status text not null default 'pending',
    sequence integer not null default 0,
    removed_at timestamptz,
    -- A day of a month has no zone: the end of a date in UTC is exact enough here.
    expires_at timestamptz not null generated always as (
        coalesce((due_at at time zone 'UTC') + interval '30 days', (due_on + 31)::timestamp) at time zone 'UTC') stored,
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant(),
    unique (broker_id, external_id)
);
-- For a calendar that is chosen: the next ones first.
create index obligations_pending_idx on calendar.obligations (broker_id, expires_at) where status = 'pending';
-- For prune_logs().
create index obligations_removed_idx on calendar.obligations (removed_at) where removed_at is not null;

comment on table calendar.obligations is 'Deadlines of brokers, which another system owns: they are written to the brokers'' calendars and take no time. Written by upsert_obligation(), upsert_obligations() and remove_obligation() alone';
comment on column calendar.obligations.id is 'Key';
comment on column calendar.obligations.broker_id is 'Whose deadline it is';
comment on column calendar.obligations.external_id is 'Its key in the system that owns it; unique for a broker';
comment on column calendar.obligations.title is 'Title, at most 500 characters';
comment on column calendar.obligations.notes is 'Description, at most 10000 characters';
comment on column calendar.obligations.url is 'Where to read more: an http or https address';
comment on column calendar.obligations.due_on is 'The day on which it is due: a date without a zone, an all-day event; null = it is due at due_at';
comment on column calendar.obligations.due_at is 'When it is due (UTC instant), the start of an event; null = it is due on due_on';
comment on column calendar.obligations.duration_minutes is 'Length of the event in minutes (1 to 1440) where it is due at an instant';
comment on column calendar.obligations.reminder_minutes is 'How many minutes before to remind: at most 5 different numbers, each from 0 to 40320 (four weeks); for a day, before 9 in its morning';
comment on column calendar.obligations.status is 'pending, done or cancelled; only a pending one is in calendars';
comment on column calendar.obligations.sequence is 'Increases with each change';
comment on column calendar.obligations.removed_at is 'When remove_obligation() was called (UTC instant): the row goes once its events have gone; null = it was not';
comment on column calendar.obligations.expires_at is 'When its events go from calendars (UTC instant): 30 days after it was due';
comment on column calendar.obligations.created_at is 'When the row was created (UTC instant)';
comment on column calendar.obligations.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.obligations', '');

alter table calendar.obligations enable row level security;
create policy own_broker on calendar.obligations for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.obligations
    to calendar_service, calendar_definer using (true) with check (true);
