create table calendar.sync_state (
    calendar_id uuid primary key references calendar.calendars on delete cascade,
    sync_token text,
    last_success_at timestamptz,
    last_full_at timestamptz,
    updated_at timestamptz not null default calendar_private.current_instant()
);

comment on table calendar.sync_state is 'How far each calendar is in sync';
comment on column calendar.sync_state.calendar_id is 'The calendar';
comment on column calendar.sync_state.sync_token is 'The provider''s token from which the next incremental pull goes on';
comment on column calendar.sync_state.last_success_at is 'When a batch last landed (UTC instant)';
comment on column calendar.sync_state.last_full_at is 'When a full batch last landed (UTC instant)';
comment on column calendar.sync_state.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.sync_state', '');

alter table calendar.sync_state enable row level security;
create policy own_broker on calendar.sync_state for select
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.sync_state
    to calendar_service, calendar_definer using (true) with check (true);
