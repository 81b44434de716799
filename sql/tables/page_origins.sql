create table calendar.page_origins (
    origin text primary key check (origin = calendar_private.web_origin(origin)
        or calendar_private.refuse('origin', origin, 'a scheme, a host and a port other than the usual one, in small letters, such as https://app.example.com'))
);

comment on table calendar.page_origins is 'Origins of pages to which begin_connection() may send a browser back';
comment on column calendar.page_origins.origin is 'Scheme, host and port, as in https://app.example.com';

select pg_catalog.pg_extension_config_dump('calendar.page_origins', '');

alter table calendar.page_origins enable row level security;
create policy everything_for_service on calendar.page_origins
    to calendar_service, calendar_definer using (true) with check (true);
