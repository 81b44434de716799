create table calendar.remembered_members (
    calendar_id uuid not null references calendar.calendars on delete cascade,
    external_event_id text collate "C" not null,
    etag text not null,
    occurs_at timestamptz,
    primary key (calendar_id, external_event_id)
);

comment on table calendar.remembered_members is 'What a calendar at a provider has outside of the window, by its version: it need not be read again until it changes or the window reaches it';
comment on column calendar.remembered_members.calendar_id is 'The calendar';
comment on column calendar.remembered_members.external_event_id is 'The provider''s id';
comment on column calendar.remembered_members.etag is 'The provider''s version mark when it was read';
comment on column calendar.remembered_members.occurs_at is 'From when on it may take place again (UTC instant); null = never';

select pg_catalog.pg_extension_config_dump('calendar.remembered_members', '');

alter table calendar.remembered_members enable row level security;
create policy everything_for_service on calendar.remembered_members
    to calendar_service, calendar_definer using (true) with check (true);
