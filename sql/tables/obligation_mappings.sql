create table calendar.obligation_mappings (
    obligation_id uuid not null references calendar.obligations on delete cascade,
    calendar_id uuid not null references calendar.calendars on delete cascade,
    external_event_id text collate "C" not null,
    etag text,
    written jsonb,
    pushed_sequence integer not null,
    pushed_at timestamptz not null default calendar_private.current_instant(),
    expires_at timestamptz not null,
    problem text,
    created_at timestamptz not null default calendar_private.current_instant(),
    primary key (obligation_id, calendar_id)
);
-- By which pulls name them.
create index obligation_mappings_event_idx on calendar.obligation_mappings (calendar_id, external_event_id);
-- For prune_logs().
create index obligation_mappings_expires_at_idx on calendar.obligation_mappings (expires_at);

comment on table calendar.obligation_mappings is 'Maps each deadline to its event in each calendar that it is written to';
comment on column calendar.obligation_mappings.obligation_id is 'The deadline';
comment on column calendar.obligation_mappings.calendar_id is 'The calendar that holds the event';
comment on column calendar.obligation_mappings.external_event_id is 'The provider''s id of the event';
comment on column calendar.obligation_mappings.etag is 'The provider''s version mark, as last seen; null = not known';
comment on column calendar.obligation_mappings.written is 'What our last successful write said, as lease_pushes returned it; null = not known';
comment on column calendar.obligation_mappings.pushed_sequence is 'The deadline''s sequence that was written last';
comment on column calendar.obligation_mappings.pushed_at is 'When it was written last (UTC instant): what a pull saw before is older';
comment on column calendar.obligation_mappings.expires_at is 'When the event goes (UTC instant), by what was written: 30 days after the deadline';
comment on column calendar.obligation_mappings.problem is 'What is wrong with the event, in plain words; "deleted by the user" until the deadline changes; null = nothing';
comment on column calendar.obligation_mappings.created_at is 'When the event was written first (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.obligation_mappings', '');

alter table calendar.obligation_mappings enable row level security;
create policy own_broker on calendar.obligation_mappings for select
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.obligation_mappings
    to calendar_service, calendar_definer using (true) with check (true);
