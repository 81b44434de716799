do $$
begin
    -- Owns the security definer functions. It is neither superuser nor free of row
    -- security, so that a mistake in one of them reaches no further than its policies.
    if not exists (select from pg_catalog.pg_roles where rolname = 'calendar_definer') then
        create role calendar_definer nologin nobypassrls;
    end if;
    -- Calls the application's functions, and may do nothing else: what they do is never done with our rights.
    if not exists (select from pg_catalog.pg_roles where rolname = 'calendar_hooks') then
        create role calendar_hooks nologin nobypassrls;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'calendar_service') then
        create role calendar_service nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'calendar_agent') then
        create role calendar_agent nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'calendar_reader') then
        create role calendar_reader nologin;
    end if;
end
$$;

comment on role calendar_definer is 'Owner of the security definer functions of calendar_ext';
comment on role calendar_hooks is 'Calls the functions that add_hook() of calendar_ext names, and may do nothing else. Grant it USAGE on their schema.';
comment on role calendar_service is 'May do everything for every broker of calendar_ext. Grant it to trusted callers such as n8n or a voice bridge.';
comment on role calendar_agent is 'May call the functions of calendar_ext that sync-agent needs, and may access no table directly';

comment on role calendar_reader is 'May read every view and table of calendar_ext, without secrets, and write nothing. Grant it to Grafana, exporters and reports.';

comment on schema calendar is 'Availability and booking: when people can be booked, and booking them';

create schema calendar_sync;
comment on schema calendar_sync is 'Functions of calendar_ext that only sync-agent calls. Do not expose it through an API.';

create schema calendar_private;
comment on schema calendar_private is 'Inner functions of calendar_ext. Do not expose it through an API.';
