create table calendar.failure_logs (
    id bigint generated always as identity primary key,
    broker_id uuid references calendar.brokers on delete cascade,
    -- Without a foreign key, which would be locked after the broker.
    calendar_id uuid,
    booking_id uuid references calendar.bookings on delete cascade,
    notification_id uuid references calendar.notifications on delete cascade,
    external_event_id text,
    operation text not null,
    reason text not null,
    detail jsonb,
    logged_at timestamptz not null default calendar_private.current_instant(),
    resolution text check (resolution in ('retried', 'dismissed')
        or calendar_private.refuse('resolution', resolution, 'retried or dismissed')),
    resolved_at timestamptz,
    resolved_by text,
    note text check (length(note) <= 1000 or calendar_private.refuse('note', note, 'at most 1000 characters long')),
    check (broker_id is not null or notification_id is not null
           or calendar_private.refuse('broker_id', 'null', 'set where there is no notification_id')),
    check ((resolution is null) = (resolved_at is null)
           or calendar_private.refuse('resolved_at', coalesce(resolved_at::text, 'null'), 'set exactly where resolution is'))
);
create index on calendar.failure_logs (broker_id, logged_at);
create index on calendar.failure_logs (logged_at);
create index on calendar.failure_logs (calendar_id);
create index on calendar.failure_logs (booking_id);
create index on calendar.failure_logs (notification_id);

comment on table calendar.failure_logs is 'What failed, for people to investigate';
comment on column calendar.failure_logs.id is 'Key';
comment on column calendar.failure_logs.broker_id is 'The broker concerned; null for a message about an alert';
comment on column calendar.failure_logs.calendar_id is 'The calendar concerned, if any; the row goes with it';
comment on column calendar.failure_logs.booking_id is 'The booking concerned, if any';
comment on column calendar.failure_logs.notification_id is 'The message that was not sent, if it is about one';
comment on column calendar.failure_logs.external_event_id is 'The provider''s id of the event concerned, if any';
comment on column calendar.failure_logs.operation is 'The operation that failed, such as apply_sync; message where a message was not sent';
comment on column calendar.failure_logs.reason is 'Why it failed, in plain words';
comment on column calendar.failure_logs.detail is 'Further detail; of a message, {"may_have_been_sent"}: one that may is never sent again';
comment on column calendar.failure_logs.logged_at is 'When (UTC instant)';
comment on column calendar.failure_logs.resolution is 'What a person did about it: retried or dismissed; null = nothing yet';
comment on column calendar.failure_logs.resolved_at is 'When (UTC instant)';
comment on column calendar.failure_logs.resolved_by is 'Who: the user (JWT "sub"), or else the role';
comment on column calendar.failure_logs.note is 'What that person noted';

select pg_catalog.pg_extension_config_dump('calendar.failure_logs', '');
select pg_catalog.pg_extension_config_dump('calendar.failure_logs_id_seq', '');

alter table calendar.failure_logs enable row level security;
create policy own_broker on calendar.failure_logs for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.failure_logs
    to calendar_service, calendar_definer using (true) with check (true);
