create table calendar.agents (
    id uuid primary key,
    version text not null,
    public_url text,
    providers text[],
    started_at timestamptz not null default calendar_private.current_instant(),
    last_seen_at timestamptz not null default calendar_private.current_instant()
);

comment on table calendar.agents is 'Instances of sync-agent that run as a daemon';
comment on column calendar.agents.id is 'Key, which the agent chooses when it starts';
comment on column calendar.agents.version is 'Its version';
comment on column calendar.agents.public_url is 'The URL at which browsers reach its pages, with a slash at the end; null = it serves none';
comment on column calendar.agents.providers is 'The providers whose accounts it can connect, because it knows their client ids where they need one; null = not known';
comment on column calendar.agents.started_at is 'When it was first seen (UTC instant)';
comment on column calendar.agents.last_seen_at is 'When it was last seen (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.agents', '');

alter table calendar.agents enable row level security;
create policy for_operators on calendar.agents for select
    using ((select calendar_private.serves_all()));
create policy everything_for_service on calendar.agents
    to calendar_service, calendar_definer using (true) with check (true);
