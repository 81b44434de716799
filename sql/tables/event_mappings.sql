create table calendar.event_mappings (
    booking_id uuid not null references calendar.bookings on delete cascade,
    calendar_id uuid not null references calendar.calendars on delete cascade,
    external_event_id text collate "C" not null,
    etag text,
    written jsonb,
    moved_at timestamptz,
    looked_at timestamptz,
    problem text,
    created_at timestamptz not null default calendar_private.current_instant(),
    primary key (calendar_id, external_event_id)
);
create index event_mappings_booking_id_idx on calendar.event_mappings (booking_id);
-- Few bookings wait for the time to which their event was moved.
create index event_mappings_problem_idx on calendar.event_mappings (booking_id) where problem is not null;

comment on table calendar.event_mappings is 'Maps each booking to its own event at a provider. Every other event with its UID is a copy, which never changes the booking.';
comment on column calendar.event_mappings.booking_id is 'The booking';
comment on column calendar.event_mappings.calendar_id is 'The calendar that holds its event';
comment on column calendar.event_mappings.external_event_id is 'The provider''s id of the event';
comment on column calendar.event_mappings.etag is 'The provider''s version mark after our last write';
comment on column calendar.event_mappings.written is 'What our last successful write said, as lease_pushes returned it; null = not known';
comment on column calendar.event_mappings.moved_at is 'When we last wrote the event''s time (UTC instant): what a pull saw before is older; null = we never did, as far as is known';
comment on column calendar.event_mappings.looked_at is 'When a look last found the event (UTC instant); null = never';
comment on column calendar.event_mappings.problem is 'Why the booking does not follow the time of its event, in plain words; null = it does';
comment on column calendar.event_mappings.created_at is 'When the event was written (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.event_mappings', '');

alter table calendar.event_mappings enable row level security;
create policy own_broker on calendar.event_mappings for select
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.event_mappings
    to calendar_service, calendar_definer using (true) with check (true);
