create table calendar.brokers (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    timezone text not null
        check (calendar_private.is_timezone(timezone) or calendar_private.refuse('timezone', timezone, 'an IANA time zone such as America/New_York')),
    slot_duration_minutes integer not null default 30
        check (slot_duration_minutes between 1 and 1440 or calendar_private.refuse('slot_duration_minutes', slot_duration_minutes::text, 'from 1 to 1440')),
    slot_increment_minutes integer
        check (slot_increment_minutes between 1 and 1440 or calendar_private.refuse('slot_increment_minutes', slot_increment_minutes::text, 'from 1 to 1440')),
    buffer_before_minutes integer not null default 0
        check (buffer_before_minutes between 0 and 1440 or calendar_private.refuse('buffer_before_minutes', buffer_before_minutes::text, 'from 0 to 1440')),
    buffer_after_minutes integer not null default 0
        check (buffer_after_minutes between 0 and 1440 or calendar_private.refuse('buffer_after_minutes', buffer_after_minutes::text, 'from 0 to 1440')),
    minimum_notice_minutes integer not null default 0
        check (minimum_notice_minutes between 0 and 525600 or calendar_private.refuse('minimum_notice_minutes', minimum_notice_minutes::text, 'from 0 to 525600')),
    booking_horizon_days integer not null default 60
        check (booking_horizon_days between 1 and 3660 or calendar_private.refuse('booking_horizon_days', booking_horizon_days::text, 'from 1 to 3660')),
    max_bookings_per_day integer
        check (max_bookings_per_day >= 1 or calendar_private.refuse('max_bookings_per_day', max_bookings_per_day::text, 'at least 1')),
    booking_enabled boolean not null default true,
    requires_confirmation boolean not null default false,
    public_booking boolean not null default false,
    public_bookings_per_hour integer not null default 10
        check (public_bookings_per_hour >= 1 or calendar_private.refuse('public_bookings_per_hour', public_bookings_per_hour::text, 'at least 1')),
    public_bookings_per_address integer not null default 5
        check (public_bookings_per_address between 1 and 50000 or calendar_private.refuse('public_bookings_per_address', public_bookings_per_address::text, 'from 1 to 50000')),
    longest_public_slot_minutes integer not null default 240
        check (longest_public_slot_minutes between 1 and 1440 or calendar_private.refuse('longest_public_slot_minutes', longest_public_slot_minutes::text, 'from 1 to 1440')),
    voice_calls_per_minute integer not null default 100
        check (voice_calls_per_minute >= 1 or calendar_private.refuse('voice_calls_per_minute', voice_calls_per_minute::text, 'at least 1')),
    user_id uuid unique,
    overrides_from timestamptz not null default calendar_private.current_instant() - interval '31 days',
    overrides_until timestamptz not null default calendar_private.current_instant() + interval '400 days',
    external_id text unique
        check (length(external_id) <= 200
               or calendar_private.refuse('external_id', external_id, 'at most 200 characters long')),
    name text not null
        check (length(name) <= 200
               or calendar_private.refuse('name', name, 'at most 200 characters long')),
    email text
        check (length(email) <= 320
               or calendar_private.refuse('email', email, 'at most 320 characters long')),
    phone text
        check (length(phone) <= 40
               or calendar_private.refuse('phone', phone, 'at most 40 characters long')),
    slug text unique
        check (calendar_private.is_slug(slug)
               or calendar_private.refuse('slug', slug, 'small letters and digits, in parts that single hyphens join, at most 60 characters long')),
    change_until_minutes integer not null default 0
        check (change_until_minutes between 0 and 525600 or calendar_private.refuse('change_until_minutes', change_until_minutes::text, 'from 0 to 525600')),
    business_phone text
        check (calendar_private.is_phone(business_phone)
               or calendar_private.refuse('business_phone', business_phone, '4 to 15 digits, after a + or not')),
    locale text
        check (calendar_private.is_locale(locale)
               or calendar_private.refuse('locale', locale, 'a language tag such as en or fr-CA')),
    invite_by text
        check (invite_by in ('provider', 'email', 'none')
               or calendar_private.refuse('invite_by', invite_by, 'provider, email or none')),
    reminder_minutes integer[] not null default '{1440}'
        check (calendar_private.are_reminders(reminder_minutes)
               or calendar_private.refuse('reminder_minutes', reminder_minutes::text, 'at most 5 different numbers from 10 to 40320')),
    notify jsonb not null default '{}'
        check (calendar_private.check_notify(notify)),
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant(),
    check (overrides_from < overrides_until)
);
-- In the order in which extend_horizon() moves them on.
create index brokers_overrides_until_idx on calendar.brokers (overrides_until);

comment on table calendar.brokers is 'The people whose time is booked, and the rules for booking it';
comment on column calendar.brokers.id is 'Key';
comment on column calendar.brokers.timezone is 'IANA zone in which working hours, overrides and the daily limit are read';
comment on column calendar.brokers.slot_duration_minutes is 'Length of a slot where the caller names none, in minutes (1 to 1440)';
comment on column calendar.brokers.slot_increment_minutes is 'Distance of slot starts in minutes (1 to 1440); null = the duration asked for';
comment on column calendar.brokers.buffer_before_minutes is 'Minutes to keep free before a slot (0 to 1440)';
comment on column calendar.brokers.buffer_after_minutes is 'Minutes to keep free after a slot (0 to 1440)';
comment on column calendar.brokers.minimum_notice_minutes is 'Minutes from now until the first slot (0 to 525600)';
comment on column calendar.brokers.booking_horizon_days is 'Days of 24 hours from now in which a slot may start (1 to 3660)';
comment on column calendar.brokers.max_bookings_per_day is 'Bookings that may start on one local date; null = any number';
comment on column calendar.brokers.booking_enabled is 'Whether the broker can be booked at all';
comment on column calendar.brokers.requires_confirmation is 'Whether a new booking is pending until it is confirmed';
comment on column calendar.brokers.public_booking is 'Whether anonymous callers may see and book slots';
comment on column calendar.brokers.public_bookings_per_hour is 'Bookings that public callers may make within any hour';
comment on column calendar.brokers.public_bookings_per_address is 'Attempts to book that public callers may make from one address, of all brokers together, within an hour (1 to 50000); refused ones count. One address never has all of public_bookings_per_hour unless that is 1.';
comment on column calendar.brokers.longest_public_slot_minutes is 'Length of the longest slot that public callers may book, in minutes (1 to 1440); slot_duration_minutes where that is longer';
comment on column calendar.brokers.voice_calls_per_minute is 'Function calls that voice agents may make for this broker within a minute';
comment on column calendar.brokers.user_id is 'The user (JWT "sub") who is this broker';
comment on column calendar.brokers.overrides_from is 'From when on override_occurrences is complete (UTC instant)';
comment on column calendar.brokers.overrides_until is 'Until when override_occurrences is complete (UTC instant); moved on by extend_horizon()';
comment on column calendar.brokers.external_id is 'The broker''s key in another system';
comment on column calendar.brokers.name is 'Name, as invitations show it';
comment on column calendar.brokers.email is 'E-mail address, the organizer of invitations';
comment on column calendar.brokers.phone is 'Telephone number';
comment on column calendar.brokers.slug is 'The broker''s name in addresses of pages, such as ada-brooks; null = no page';
comment on column calendar.brokers.change_until_minutes is 'Minutes before the start until which a lead may move or cancel a booking (0 to 525600)';
comment on column calendar.brokers.business_phone is 'Telephone number that gets the broker''s text messages, such as requests for a booking by hand; null = none';
comment on column calendar.brokers.locale is 'Language of messages to the broker, and to leads whose own is not known, as a tag such as fr-CA (RFC 5646); null = en';
comment on column calendar.brokers.invite_by is 'Who invites the lead of a confirmed booking: provider (the calendar''s), email (an invitation in our message) or none; null = provider at Google and Microsoft, email elsewhere and for public bookings';
comment on column calendar.brokers.reminder_minutes is 'How long before a booking its reminders are due, in minutes (at most 5 different numbers from 10 to 40320); none = no reminders';
comment on column calendar.brokers.notify is 'Which messages are sent: {"lead": {"email": [kinds], "sms": [kinds]}, "broker": {"email": [kinds], "sms": [kinds]}, "quiet_from": "21:00", "quiet_until": "08:00"}. A key that is left out is the default: to leads all by e-mail and none by SMS; to the broker all but reminders by e-mail, and booking_failed, manual_booking and unwritten by SMS; no SMS to leads from 21:00 to 08:00 in the lead''s zone';
comment on column calendar.brokers.created_at is 'When the row was created (UTC instant)';
comment on column calendar.brokers.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.brokers', '');

alter table calendar.brokers enable row level security;
create policy broker_is_self on calendar.brokers
    using (user_id = calendar_private.jwt_subject());
create policy everything_for_service on calendar.brokers
    to calendar_service, calendar_definer using (true) with check (true);
