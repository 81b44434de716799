create table calendar.alerts (
    key text collate "C" primary key
        check (length(key) between 1 and 200 or calendar_private.refuse('key', key, 'from 1 to 200 characters long')),
    problem text not null,
    since timestamptz not null default calendar_private.current_instant(),
    reports integer not null default 1,
    last_reported_at timestamptz not null default calendar_private.current_instant(),
    ended_at timestamptz
);

comment on table calendar.alerts is 'What agents report to operators: one row for each condition';
comment on column calendar.alerts.key is 'The condition, such as outbox:behind';
comment on column calendar.alerts.problem is 'What is wrong, in plain words';
comment on column calendar.alerts.since is 'Since when it has been so (UTC instant)';
comment on column calendar.alerts.reports is 'How often operators were sent a message about it';
comment on column calendar.alerts.last_reported_at is 'When that was last so (UTC instant)';
comment on column calendar.alerts.ended_at is 'When it was over (UTC instant); null = it is not';

select pg_catalog.pg_extension_config_dump('calendar.alerts', '');

alter table calendar.alerts enable row level security;
create policy for_operators on calendar.alerts for select
    using ((select calendar_private.serves_all()));
create policy everything_for_service on calendar.alerts
    to calendar_service, calendar_definer using (true) with check (true);
