create table calendar.override_occurrences (
    broker_id uuid not null,
    override_id uuid not null,
    kind text not null check (kind in ('block', 'open', 'replace')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- Also says to a publication which row has changed.
    primary key (override_id, starts_at),
    -- A reader finds all that apply at an instant by looking back no further than this.
    check (starts_at < ends_at and ends_at <= starts_at + interval '24 hours')
);
-- Has all that a reader needs, so that it need not visit the table.
create index override_occurrences_broker_id_starts_at_idx on calendar.override_occurrences (broker_id, starts_at)
    include (ends_at, kind, override_id);

comment on table calendar.override_occurrences is 'When overrides apply, derived from availability_overrides by triggers: longer ones are cut every 24 hours. Complete for each broker from overrides_from until overrides_until.';
comment on column calendar.override_occurrences.broker_id is 'The broker whose time it is';
comment on column calendar.override_occurrences.override_id is 'The override';
comment on column calendar.override_occurrences.kind is 'The override''s kind';
comment on column calendar.override_occurrences.starts_at is 'First instant (UTC)';
comment on column calendar.override_occurrences.ends_at is 'First instant after it (UTC)';

select pg_catalog.pg_extension_config_dump('calendar.override_occurrences', '');

alter table calendar.override_occurrences enable row level security;
create policy own_broker on calendar.override_occurrences for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.override_occurrences
    to calendar_service, calendar_definer using (true) with check (true);
