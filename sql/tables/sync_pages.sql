create table calendar.sync_pages (
    lease_id uuid not null,
    page_number integer not null,
    calendar_id uuid not null references calendar.calendars on delete cascade,
    page jsonb not null check (jsonb_typeof(page) = 'object'),
    primary key (lease_id, page_number)
);
create index sync_pages_calendar_id_idx on calendar.sync_pages (calendar_id);

comment on table calendar.sync_pages is 'Pages of pulls in progress, which are all applied at once: an agent never holds a whole calendar';
comment on column calendar.sync_pages.lease_id is 'The pull, as in sync_state';
comment on column calendar.sync_pages.page_number is 'Order of arrival';
comment on column calendar.sync_pages.calendar_id is 'The calendar';
comment on column calendar.sync_pages.page is '"events", "deleted", "rejected", "whole", "unchanged" and "outside" as apply_sync takes them';

select pg_catalog.pg_extension_config_dump('calendar.sync_pages', '');

alter table calendar.sync_pages enable row level security;
create policy everything_for_service on calendar.sync_pages
    to calendar_service, calendar_definer using (true) with check (true);
