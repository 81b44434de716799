-- Cheap to write, and nothing is lost with it.
create unlogged table calendar.rate_limits (
    subject text collate "C" primary key check (octet_length(subject) <= 200),
    since timestamptz not null,
    used integer not null check (used >= 1)
) with (fillfactor = 50);

comment on table calendar.rate_limits is 'Uses of what may be used only so often within a time';
comment on column calendar.rate_limits.subject is 'What is counted, such as calls of voice agents for a broker';
comment on column calendar.rate_limits.since is 'When the time in which the uses are counted began (UTC instant)';
comment on column calendar.rate_limits.used is 'Uses since then';

alter table calendar.rate_limits enable row level security;
create policy everything_for_service on calendar.rate_limits
    to calendar_service, calendar_definer using (true) with check (true);
