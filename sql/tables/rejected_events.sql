create table calendar.rejected_events (
    calendar_id uuid not null references calendar.calendars on delete cascade,
    external_event_id text collate "C" not null,
    reason text not null,
    rejected_at timestamptz not null default calendar_private.current_instant(),
    primary key (calendar_id, external_event_id)
);

comment on table calendar.rejected_events is 'Events of calendars at providers that could not be understood, so that their time may be offered. Each goes when it is understood or gone';
comment on column calendar.rejected_events.calendar_id is 'The calendar';
comment on column calendar.rejected_events.external_event_id is 'The provider''s id; empty where the event has none';
comment on column calendar.rejected_events.reason is 'Why it was not understood, in plain words';
comment on column calendar.rejected_events.rejected_at is 'When that was first so (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.rejected_events', '');

alter table calendar.rejected_events enable row level security;
create policy own_broker on calendar.rejected_events for select
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.rejected_events
    to calendar_service, calendar_definer using (true) with check (true);
