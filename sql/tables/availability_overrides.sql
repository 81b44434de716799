create table calendar.availability_overrides (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    kind text not null check (kind in ('block', 'open', 'replace')
        or calendar_private.refuse('kind', kind, 'block, open or replace')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    rrule text check (calendar_private.is_recurrence(rrule))
        check (length(rrule) <= 10000
               or calendar_private.refuse('rrule', rrule, 'at most 10000 characters long')),
    reason text
        check (length(reason) <= 1000
               or calendar_private.refuse('reason', reason, 'at most 1000 characters long')),
    created_by text
        check (length(created_by) <= 100
               or calendar_private.refuse('created_by', created_by, 'at most 100 characters long')),
    created_at timestamptz not null default calendar_private.current_instant(),
    -- In this order: the sum is out of range for the last instants of all.
    check (case when starts_at < '0001-01-01 00:00:00+00'
                then calendar_private.refuse('starts_at', starts_at::text, 'in year 1 or later')
                when ends_at >= '9900-01-01 00:00:00+00'
                then calendar_private.refuse('ends_at', ends_at::text, 'before the year 9900')
                when ends_at <= starts_at
                then calendar_private.refuse('ends_at', starts_at || ' to ' || ends_at, 'after starts_at')
                when ends_at > starts_at + interval '3660 days'
                then calendar_private.refuse('ends_at', starts_at || ' to ' || ends_at, 'at most 3660 days after starts_at')
                else true end)
);
create index availability_overrides_broker_id_idx on calendar.availability_overrides (broker_id);

comment on table calendar.availability_overrides is 'Exceptions to the working hours, once or recurring';
comment on column calendar.availability_overrides.id is 'Key';
comment on column calendar.availability_overrides.broker_id is 'The broker whose time it is';
comment on column calendar.availability_overrides.kind is 'block: closed, whatever else opens it. open: open in addition. replace: open in place of the working hours of every local date it touches.';
comment on column calendar.availability_overrides.starts_at is 'First instant (UTC) of the first occurrence';
comment on column calendar.availability_overrides.ends_at is 'First instant after the first occurrence (UTC)';
comment on column calendar.availability_overrides.rrule is 'RRULE (RFC 5545 section 3.3.10) by which it recurs, with or without "RRULE:"; each occurrence has the same local times in the broker''s zone. null = once.';
comment on column calendar.availability_overrides.reason is 'Why, for people; at most 1000 characters';
comment on column calendar.availability_overrides.created_by is 'Who entered it; at most 100 characters';
comment on column calendar.availability_overrides.created_at is 'When it was entered (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.availability_overrides', '');

alter table calendar.availability_overrides enable row level security;
create policy own_broker on calendar.availability_overrides
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.availability_overrides
    to calendar_service, calendar_definer using (true) with check (true);
