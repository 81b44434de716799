create table calendar.working_hours (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    weekday integer not null check (weekday between 1 and 7
        or calendar_private.refuse('weekday', weekday::text, 'from 1 (Monday) to 7 (Sunday)')),
    start_local time not null,
    end_local time not null,
    valid_from date,
    valid_until date,
    is_active boolean not null default true,
    meeting_type_id uuid,
    foreign key (meeting_type_id, broker_id) references calendar.meeting_types (id, broker_id) on delete cascade,
    check (start_local < end_local or calendar_private.refuse(
        'end_local', start_local || ' to ' || end_local, 'after start_local',
        'Hours over midnight are two rows: one that ends at 24:00, and one on the next weekday that starts at 00:00.')),
    check ((valid_from <= valid_until) is not false
           or calendar_private.refuse('valid_until', valid_from || ' to ' || valid_until, 'valid_from or later'))
);
-- Has all that a reader needs, so that it need not visit the table.
create index working_hours_broker_id_idx on calendar.working_hours (broker_id)
    include (weekday, start_local, end_local, valid_from, valid_until, is_active, meeting_type_id);
create index working_hours_meeting_type_id_idx on calendar.working_hours (meeting_type_id)
    where meeting_type_id is not null;

comment on table calendar.working_hours is 'Weekly open time. A broker with no row has Monday to Friday, 09:00 to 17:00, where rows of meeting types do not count. A meeting type with rows of its own has those hours instead.';
comment on column calendar.working_hours.id is 'Key';
comment on column calendar.working_hours.broker_id is 'The broker whose hours they are';
comment on column calendar.working_hours.weekday is 'ISO weekday: 1 = Monday to 7 = Sunday';
comment on column calendar.working_hours.start_local is 'Local time of the broker''s zone at which the hours begin';
comment on column calendar.working_hours.end_local is 'Local time at which they end; 24:00 = midnight. Overnight hours are two rows.';
comment on column calendar.working_hours.valid_from is 'First local date on which the row applies; null = always';
comment on column calendar.working_hours.valid_until is 'Last local date on which the row applies; null = for ever';
comment on column calendar.working_hours.is_active is 'Whether the row applies';
comment on column calendar.working_hours.meeting_type_id is 'The meeting type to which the row applies, in place of the broker''s rows; null = to all that have none';

select pg_catalog.pg_extension_config_dump('calendar.working_hours', '');

alter table calendar.working_hours enable row level security;
create policy own_broker on calendar.working_hours
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.working_hours
    to calendar_service, calendar_definer using (true) with check (true);
