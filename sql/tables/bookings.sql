create table calendar.bookings (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    slot_start timestamptz not null,
    slot_end timestamptz not null,
    buffer_before_minutes integer not null default 0,
    buffer_after_minutes integer not null default 0,
    status text not null,
    hold_expires_at timestamptz,
    calendar_id uuid,
    lead_id text,
    lead_name text,
    lead_email text,
    lead_phone text,
    lead_timezone text,
    title text,
    notes text,
    created_by text not null default 'manual',
    idempotency_key text collate "C",
    request_digest text,
    outside_hours boolean not null default false,
    is_public boolean not null default false,
    sequence integer not null default 0,
    reschedules integer not null default 0,
    provider_event_id text,
    meeting_link text,
    cancel_reason text,
    problem text,
    held_at timestamptz,
    confirmed_at timestamptz,
    declined_at timestamptz,
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant(),
    global_lead_id text collate "C",
    further_keys jsonb,
    meeting_type_id uuid,
    answers jsonb,
    lead_locale text,
    foreign key (meeting_type_id, broker_id) references calendar.meeting_types (id, broker_id)
        on delete set null (meeting_type_id),
    foreign key (calendar_id, broker_id) references calendar.calendars (id, broker_id)
        on delete set null (calendar_id),
    constraint bookings_no_overlap exclude using gist
        (broker_id with =, pg_catalog.tstzrange(slot_start, slot_end) with &&)
        where (status in ('held', 'pending', 'confirmed'))
        -- Two bookings whose events were swapped change at once.
        deferrable initially immediate
);
-- Has all that a reader needs, so that it need not visit the table.
create index bookings_broker_id_slot_start_idx on calendar.bookings (broker_id, slot_start)
    include (slot_end, buffer_before_minutes, buffer_after_minutes, status, hold_expires_at, id, meeting_type_id);
-- For the lists of callers that see all brokers.
create index bookings_slot_start_idx on calendar.bookings (slot_start);
create index bookings_created_at_idx on calendar.bookings (created_at);
create index bookings_lead_email_idx on calendar.bookings (lead_email) where lead_email is not null;
create index bookings_lead_phone_idx on calendar.bookings (lead_phone) where lead_phone is not null;
-- For prune_logs().
create index bookings_lapsed_idx on calendar.bookings (hold_expires_at)
    where hold_expires_at is not null and confirmed_at is null;
create index bookings_public_idx on calendar.bookings (broker_id, created_at) where is_public;
create index bookings_meeting_type_id_idx on calendar.bookings (meeting_type_id) where meeting_type_id is not null;
create index bookings_calendar_id_idx on calendar.bookings (calendar_id);
-- The keys of public callers are a space of their own.
create unique index bookings_idempotency on calendar.bookings (broker_id, idempotency_key, is_public)
    where idempotency_key is not null;
-- There are few: all of a broker are looked at.
create index bookings_further_keys_idx on calendar.bookings (broker_id) where further_keys is not null;
create unique index bookings_lead_at_one_place on calendar.bookings (global_lead_id, slot_start)
    where global_lead_id is not null and status in ('held', 'pending', 'confirmed');

comment on table calendar.bookings is 'Appointments made through this system';
comment on column calendar.bookings.id is 'Key';
comment on column calendar.bookings.broker_id is 'Whose time is booked';
comment on column calendar.bookings.slot_start is 'First instant of the appointment (UTC)';
comment on column calendar.bookings.slot_end is 'First instant after it (UTC); at most 24 hours later';
comment on column calendar.bookings.buffer_before_minutes is 'Minutes kept free before it, as the broker had it when it was booked';
comment on column calendar.bookings.buffer_after_minutes is 'Minutes kept free after it, as the broker had it when it was booked';
comment on column calendar.bookings.status is 'held (until hold_expires_at), pending (to be confirmed), confirmed, cancelled, completed, no_show or failed (the provider refused it); the first three take time';
comment on column calendar.bookings.hold_expires_at is 'When a hold lapses (UTC instant)';
comment on column calendar.bookings.calendar_id is 'The calendar it is written to: the broker''s primary one when it was booked';
comment on column calendar.bookings.lead_id is 'The lead''s key in another system';
comment on column calendar.bookings.lead_name is 'Name of the person who booked';
comment on column calendar.bookings.lead_email is 'E-mail address of that person, who is invited as brokers.invite_by says';
comment on column calendar.bookings.lead_phone is 'Telephone number of that person';
comment on column calendar.bookings.lead_timezone is 'IANA zone of that person';
comment on column calendar.bookings.title is 'Title of the appointment';
comment on column calendar.bookings.notes is 'Free text';
comment on column calendar.bookings.created_by is 'The channel that booked, such as manual, voice or website';
comment on column calendar.bookings.idempotency_key is 'The caller''s key of the request; unique among the broker''s public bookings, and separately among its other ones';
comment on column calendar.bookings.request_digest is 'Digest of the request that the key belongs to: SHA-256 in hexadecimal, as calendar_private.request_digest() makes it';
comment on column calendar.bookings.meeting_type_id is 'The meeting type by whose rules it was booked; null = none, or one that is deleted';
comment on column calendar.bookings.answers is '{name of a question: answer} to the questions of the meeting type';
comment on column calendar.bookings.lead_locale is 'Language of the person who booked, as a tag such as fr-CA (RFC 5646)';
comment on column calendar.bookings.further_keys is '{key: digest} of other requests whose first answer was this booking, because the lead had it already; null = there are none';
comment on column calendar.bookings.outside_hours is 'Whether staff booked it without regard to hours';
comment on column calendar.bookings.is_public is 'Whether a caller without any rights over the broker booked it';
comment on column calendar.bookings.sequence is 'Revision of time and status, the SEQUENCE of invitations (RFC 5545 section 3.8.7.4)';
comment on column calendar.bookings.reschedules is 'How often it was moved to another time, by whomever';
comment on column calendar.bookings.provider_event_id is 'The provider''s id of its event';
comment on column calendar.bookings.meeting_link is 'Where to meet online: an http or https address of at most 2000 characters';
comment on column calendar.bookings.cancel_reason is 'Why it was cancelled or has failed; hold_expired for a lapsed hold whose time was given away';
comment on column calendar.bookings.problem is 'Why its event at the provider is not as it should be, or what of the event the provider refused, in plain words; null = nothing is wrong';
comment on column calendar.bookings.held_at is 'When it was held (UTC instant); null = it never was';
comment on column calendar.bookings.confirmed_at is 'When it was confirmed (UTC instant); null = it never was';
comment on column calendar.bookings.declined_at is 'When the broker declined it (UTC instant); null = never';
comment on column calendar.bookings.created_at is 'When it was booked (UTC instant)';
comment on column calendar.bookings.updated_at is 'When the row was last changed (UTC instant)';
comment on column calendar.bookings.global_lead_id is 'The lead_id that the service named while calendar.lead_scope was global: over all brokers, this lead can have one active booking with the same start. null = the lead is compared within its broker alone.';

select pg_catalog.pg_extension_config_dump('calendar.bookings', '');

alter table calendar.bookings enable row level security;
create policy own_broker on calendar.bookings
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.bookings
    to calendar_service, calendar_definer using (true) with check (true);
