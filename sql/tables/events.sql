create table calendar.events (
    id uuid primary key default calendar_private.uuid_v7(),
    -- Checked and cascaded by triggers: a foreign key would look it up once for each event.
    calendar_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    start_date date,
    end_date date,
    is_all_day boolean not null default false,
    declined boolean not null default false,
    recurrence_this_and_future boolean not null default false,
    booking_id uuid references calendar.bookings on delete set null,
    external_event_id text collate "C" not null check (external_event_id <> '' or calendar_private.refuse('external_event_id', external_event_id, 'the provider''s id')),
    recurrence_id text check (recurrence_id ~ '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$'
        or calendar_private.refuse('recurrence_id', recurrence_id, 'a date or a UTC instant such as 2026-12-01T09:00:00Z')),
    status text not null default 'confirmed' check (status in ('confirmed', 'tentative', 'cancelled')
        or calendar_private.refuse('status', status, 'confirmed, tentative or cancelled')),
    transparency text not null default 'opaque' check (transparency in ('opaque', 'transparent')
        or calendar_private.refuse('transparency', transparency, 'opaque or transparent')),
    timezone text check (calendar_private.is_timezone(timezone) or calendar_private.refuse('timezone', timezone, 'an IANA time zone such as America/New_York')),
    recurrence text,
    vtimezone text,
    duration text,
    sequence integer not null default 0,
    title text,
    etag text,
    provider_updated_at timestamptz,
    last_seen_at timestamptz not null default calendar_private.current_instant(),
    raw jsonb,
    spared_from timestamptz,
    spared_until timestamptz,
    behind_from timestamptz,
    behind_until timestamptz,
    behind_expires_at timestamptz,
    constraint events_external_event_id_key
        unique nulls not distinct (calendar_id, external_event_id, recurrence_id),
    check (starts_at <= ends_at or calendar_private.refuse('ends_at', starts_at || ' to ' || ends_at, 'starts_at or later')),
    check (is_all_day = (start_date is not null) and is_all_day = (end_date is not null)
           or calendar_private.refuse('is_all_day', is_all_day::text, 'true exactly where start_date and end_date are set')),
    check ((start_date < end_date) is not false
           or calendar_private.refuse('end_date', start_date || ' to ' || end_date, 'after start_date')),
    check (recurrence_id is null or recurrence is null
           or calendar_private.refuse('recurrence', recurrence, 'null for an override, which has a recurrence_id')),
    check (recurrence_id is not null or not recurrence_this_and_future
           or calendar_private.refuse('recurrence_this_and_future', 'true', 'false for an event without a recurrence_id'))
);
create index events_booking_id_idx on calendar.events (booking_id) where booking_id is not null;
-- What has no block that says when it takes place, for broker_ics(): it takes no time, perhaps, ...
create index events_short_idx on calendar.events (calendar_id, starts_at)
    where recurrence is null and recurrence_id is null and ends_at - starts_at <= interval '24 hours'
      and (status <> 'confirmed' or transparency <> 'opaque' or declined or is_all_day or starts_at = ends_at);
-- ... or it takes place at other times than its own.
create index events_long_idx on calendar.events (calendar_id)
    where recurrence is not null or recurrence_id is not null or ends_at - starts_at > interval '24 hours';
create index events_behind_idx on calendar.events (behind_expires_at) where behind_expires_at is not null;

comment on table calendar.events is 'Mirror of the providers'' events: one row for a single event, a recurring master, or an override of one occurrence. Only apply_sync() writes it.';
comment on column calendar.events.id is 'Key';
comment on column calendar.events.calendar_id is 'The calendar that contains it';
comment on column calendar.events.starts_at is 'First instant (UTC); of a recurring master, DTSTART';
comment on column calendar.events.ends_at is 'First instant after it (UTC); equal to starts_at for an event without length';
comment on column calendar.events.start_date is 'First date of an all-day event; starts_at is its midnight in the calendar''s zone';
comment on column calendar.events.end_date is 'First date after an all-day event';
comment on column calendar.events.is_all_day is 'Whether it has dates instead of times';
comment on column calendar.events.declined is 'Whether the calendar''s owner declined it';
comment on column calendar.events.recurrence_this_and_future is 'Whether it also replaces all later occurrences (RFC 5545 section 3.2.13)';
comment on column calendar.events.booking_id is 'The booking that it is the event of, or a copy of that event: event_mappings says which event is the booking''s own';
comment on column calendar.events.external_event_id is 'The provider''s id; shared by a master and its overrides';
comment on column calendar.events.recurrence_id is 'Which occurrence of the master it replaces: the original start as a UTC instant such as 2026-12-01T09:00:00Z, or as a date (RFC 5545 section 3.8.4.4)';
comment on column calendar.events.status is 'confirmed, tentative or cancelled (RFC 5545 section 3.8.1.11)';
comment on column calendar.events.transparency is 'opaque or transparent (RFC 5545 section 3.8.2.7)';
comment on column calendar.events.timezone is 'IANA zone in whose local time it recurs; null = the calendar''s';
comment on column calendar.events.recurrence is 'RRULE, RDATE, EXDATE and EXRULE lines of a master (RFC 5545 section 3.8.5)';
comment on column calendar.events.vtimezone is 'The VTIMEZONE in whose local time it recurs, where no IANA zone is like it (RFC 5545 section 3.6.5)';
comment on column calendar.events.duration is 'How long each occurrence of a series lasts, where that is in days of the local calendar, which a change of the clocks makes longer or shorter (a DURATION such as P1D, RFC 5545 section 3.8.5.3); null = as long as from starts_at to ends_at';
comment on column calendar.events.sequence is 'Revision of the event (SEQUENCE, RFC 5545 section 3.8.7.4): an override with a lower one than its master is stale where the master has no such occurrence';
comment on column calendar.events.title is 'SUMMARY';
comment on column calendar.events.etag is 'The provider''s version mark';
comment on column calendar.events.provider_updated_at is 'When the provider last changed it (UTC instant)';
comment on column calendar.events.last_seen_at is 'When a sync last wrote it (UTC instant)';
comment on column calendar.events.raw is 'What the provider sent';
comment on column calendar.events.spared_from is 'From when on it takes no time (UTC instant), because its booking takes that time itself, or because its deletion by us is due (then -infinity); null = never. Derived by triggers, as are the next four';
comment on column calendar.events.spared_until is 'Until when it takes no time (UTC instant)';
comment on column calendar.events.behind_from is 'Of a copy that does not show yet that its booking was moved or cancelled: the start of the booking before, from when on it takes no time either (UTC instant)';
comment on column calendar.events.behind_until is 'Until when it takes no time either (UTC instant)';
comment on column calendar.events.behind_expires_at is 'When a copy that has not changed takes that time after all (UTC instant): 24 hours after the booking was moved or cancelled';

select pg_catalog.pg_extension_config_dump('calendar.events', '');

alter table calendar.events enable row level security;
create policy own_broker on calendar.events
    using (calendar_id = any (array(
        select c.id from calendar.calendars as c where c.broker_id = (select calendar_private.own_broker()))));
create policy everything_for_service on calendar.events
    to calendar_service, calendar_definer using (true) with check (true);
