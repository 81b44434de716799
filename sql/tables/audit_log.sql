create table calendar.audit_log (
    id bigint generated always as identity primary key,
    broker_id uuid not null,
    table_name text not null,
    row_id uuid not null,
    operation text not null check (operation in ('insert', 'update', 'delete')),
    changed_at timestamptz not null default calendar_private.current_instant(),
    db_role text not null,
    jwt_subject uuid,
    old_row jsonb,
    new_row jsonb
);
create index on calendar.audit_log (broker_id, changed_at);
create index on calendar.audit_log (changed_at);

comment on table calendar.audit_log is 'Every change of a booking, an override and a working hour. A row stays when the row that it describes is deleted.';
comment on column calendar.audit_log.id is 'Key; increases with time';
comment on column calendar.audit_log.broker_id is 'The broker concerned';
comment on column calendar.audit_log.table_name is 'bookings, availability_overrides or working_hours';
comment on column calendar.audit_log.row_id is 'Key of the changed row';
comment on column calendar.audit_log.operation is 'insert, update or delete';
comment on column calendar.audit_log.changed_at is 'When (UTC instant)';
comment on column calendar.audit_log.db_role is 'The session''s role that made the change';
comment on column calendar.audit_log.jwt_subject is 'The user that made the change, if the request''s token named one';
comment on column calendar.audit_log.old_row is 'The row before; null for an insert';
comment on column calendar.audit_log.new_row is 'The row after; null for a delete';

select pg_catalog.pg_extension_config_dump('calendar.audit_log', '');
select pg_catalog.pg_extension_config_dump('calendar.audit_log_id_seq', '');

alter table calendar.audit_log enable row level security;
create policy own_broker on calendar.audit_log for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.audit_log
    to calendar_service, calendar_definer using (true) with check (true);
