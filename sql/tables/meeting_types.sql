create table calendar.meeting_types (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    slug text not null
        check (calendar_private.is_slug(slug)
               or calendar_private.refuse('slug', slug, 'small letters and digits, in parts that single hyphens join, at most 60 characters long')),
    name text not null
        check (length(name) between 1 and 200
               or calendar_private.refuse('name', name, 'from 1 to 200 characters long')),
    description text
        check (length(description) <= 2000
               or calendar_private.refuse('description', description, 'at most 2000 characters long')),
    durations integer[] not null default '{30}'
        check (calendar_private.are_durations(durations)
               or calendar_private.refuse('durations', durations::text, '1 to 20 different numbers from 1 to 1440')),
    increment_minutes integer
        check (increment_minutes between 1 and 1440 or calendar_private.refuse('increment_minutes', increment_minutes::text, 'from 1 to 1440')),
    buffer_before_minutes integer
        check (buffer_before_minutes between 0 and 1440 or calendar_private.refuse('buffer_before_minutes', buffer_before_minutes::text, 'from 0 to 1440')),
    buffer_after_minutes integer
        check (buffer_after_minutes between 0 and 1440 or calendar_private.refuse('buffer_after_minutes', buffer_after_minutes::text, 'from 0 to 1440')),
    minimum_notice_minutes integer
        check (minimum_notice_minutes between 0 and 525600 or calendar_private.refuse('minimum_notice_minutes', minimum_notice_minutes::text, 'from 0 to 525600')),
    booking_horizon_days integer
        check (booking_horizon_days between 1 and 3660 or calendar_private.refuse('booking_horizon_days', booking_horizon_days::text, 'from 1 to 3660')),
    max_bookings_per_day integer
        check (max_bookings_per_day >= 1 or calendar_private.refuse('max_bookings_per_day', max_bookings_per_day::text, 'at least 1')),
    requires_confirmation boolean,
    public_booking boolean,
    location_kind text
        check (location_kind in ('provider', 'phone', 'in_person', 'link')
               or calendar_private.refuse('location_kind', location_kind, 'provider, phone, in_person or link')),
    location text
        check (length(location) <= 2000
               or calendar_private.refuse('location', location, 'at most 2000 characters long')),
    questions jsonb not null default '[]'
        check (calendar_private.check_questions(questions)),
    lock_timezone boolean not null default false,
    change_until_minutes integer
        check (change_until_minutes between 0 and 525600 or calendar_private.refuse('change_until_minutes', change_until_minutes::text, 'from 0 to 525600')),
    position integer not null default 0,
    is_active boolean not null default true,
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant(),
    unique (broker_id, slug),
    -- For the foreign keys of rows that belong to the same broker.
    unique (id, broker_id),
    check (location_kind is distinct from 'link' or calendar_private.is_web_address(location)
           or calendar_private.refuse('location', coalesce(location, 'null'), 'an http or https address of at most 2000 characters where location_kind is link'))
);

comment on table calendar.meeting_types is 'Kinds of appointments of a broker, each with its own lengths and rules. A null is the broker''s own value.';
comment on column calendar.meeting_types.id is 'Key';
comment on column calendar.meeting_types.broker_id is 'Whose appointments they are';
comment on column calendar.meeting_types.slug is 'Its name in addresses, such as first-call; unique for the broker';
comment on column calendar.meeting_types.name is 'Its name, as people read it';
comment on column calendar.meeting_types.description is 'What it is for, as people read it';
comment on column calendar.meeting_types.durations is 'Lengths that it can have, in minutes (1 to 1440); the first where the caller names none';
comment on column calendar.meeting_types.increment_minutes is 'Distance of slot starts in minutes (1 to 1440); null = the broker''s';
comment on column calendar.meeting_types.buffer_before_minutes is 'Minutes to keep free before a slot (0 to 1440); null = the broker''s';
comment on column calendar.meeting_types.buffer_after_minutes is 'Minutes to keep free after a slot (0 to 1440); null = the broker''s';
comment on column calendar.meeting_types.minimum_notice_minutes is 'Minutes from now until the first slot (0 to 525600); null = the broker''s';
comment on column calendar.meeting_types.booking_horizon_days is 'Days of 24 hours from now in which a slot may start (1 to 3660); null = the broker''s';
comment on column calendar.meeting_types.max_bookings_per_day is 'Bookings of this type that may start on one local date; null = any number. The broker''s own limit counts all bookings and holds beside it.';
comment on column calendar.meeting_types.requires_confirmation is 'Whether a new booking is pending until it is confirmed; null = as the broker';
comment on column calendar.meeting_types.public_booking is 'Whether anonymous callers may see and book its slots; null = as the broker';
comment on column calendar.meeting_types.location_kind is 'Where to meet: provider (a link that the calendar''s provider makes), phone, in_person or link; null = not said';
comment on column calendar.meeting_types.location is 'The address: a telephone number, a place, or the link where location_kind is link';
comment on column calendar.meeting_types.questions is 'What the lead is asked: [{"name", "label", "kind": text|choice|email|phone|number|checkbox, "required", "choices": [..]}], at most 50';
comment on column calendar.meeting_types.lock_timezone is 'Whether pages show times in the broker''s zone alone, as for meetings in person';
comment on column calendar.meeting_types.change_until_minutes is 'Minutes before the start until which a lead may move or cancel the booking (0 to 525600); null = the broker''s';
comment on column calendar.meeting_types.position is 'Its place among the broker''s types, smallest first';
comment on column calendar.meeting_types.is_active is 'Whether it can be booked; bookings that exist keep it';
comment on column calendar.meeting_types.created_at is 'When the row was created (UTC instant)';
comment on column calendar.meeting_types.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.meeting_types', '');

alter table calendar.meeting_types enable row level security;
create policy own_broker on calendar.meeting_types
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.meeting_types
    to calendar_service, calendar_definer using (true) with check (true);
