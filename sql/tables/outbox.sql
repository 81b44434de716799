create table calendar.outbox (
    id bigint generated always as identity primary key,
    -- The subject's; the subject's foreign key is enough to make the row go with the broker.
    broker_id uuid not null,
    booking_id uuid references calendar.bookings on delete cascade,
    obligation_id uuid references calendar.obligations on delete cascade,
    calendar_id uuid,
    operation text not null check (operation in ('create', 'update', 'delete', 'look')),
    created_at timestamptz not null default calendar_private.current_instant(),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default calendar_private.current_instant(),
    paused_until timestamptz,
    done_at timestamptz,
    last_error text,
    lease_id uuid,
    leased_at timestamptz,
    leased_until timestamptz,
    reported_at timestamptz,
    constraint outbox_has_one_subject check (num_nonnulls(booking_id, obligation_id) = 1)
);
create index outbox_open_idx on calendar.outbox (broker_id) where done_at is null;
-- For lease_pushes(): what looks for bookings does not read thousands of deadlines.
create index outbox_bookings_idx on calendar.outbox (next_attempt_at, id) where done_at is null and obligation_id is null;
create index outbox_obligations_idx on calendar.outbox (next_attempt_at, id) where done_at is null and obligation_id is not null;
-- For queue_unwritten().
create index outbox_unreported_idx on calendar.outbox (created_at)
    where done_at is null and reported_at is null and booking_id is not null;
create index outbox_done_idx on calendar.outbox (done_at) where done_at is not null;
create index outbox_broker_id_idx on calendar.outbox (broker_id);
create index outbox_lease_id_idx on calendar.outbox (lease_id) where lease_id is not null;
create index outbox_booking_id_idx on calendar.outbox (booking_id);
create index outbox_obligation_id_idx on calendar.outbox (obligation_id, calendar_id) where obligation_id is not null;

comment on table calendar.outbox is 'What is to be written to providers, in order: one row for each change of a booking, and for each doubt about its event; and one for a deadline and a calendar that must be written or taken from there. Each has either a booking or a deadline';
comment on column calendar.outbox.id is 'Key; increases with time';
comment on column calendar.outbox.broker_id is 'The broker of the booking or deadline';
comment on column calendar.outbox.booking_id is 'The booking that changed; null = a deadline did';
comment on column calendar.outbox.obligation_id is 'The deadline that is to be written, or whose event must go; null = a booking is';
comment on column calendar.outbox.calendar_id is 'The calendar to write to; null where the broker had no primary one for a booking';
comment on column calendar.outbox.operation is 'create, update or delete the event; or look for the booking''s, because a pull no longer found it';
comment on column calendar.outbox.created_at is 'When the booking or deadline changed (UTC instant)';
comment on column calendar.outbox.attempts is 'Number of attempts';
comment on column calendar.outbox.next_attempt_at is 'When the next attempt is due (UTC instant)';
comment on column calendar.outbox.paused_until is 'Until when the provider asks not to be asked (UTC instant), also where a sync is requested; null = it did not ask';
comment on column calendar.outbox.done_at is 'When it was done (UTC instant); null = not done yet';
comment on column calendar.outbox.last_error is 'Why the last attempt failed';
comment on column calendar.outbox.lease_id is 'The push in progress';
comment on column calendar.outbox.leased_at is 'When the push in progress began (UTC instant)';
comment on column calendar.outbox.leased_until is 'When another agent may take over (UTC instant)';
comment on column calendar.outbox.reported_at is 'When messages were written because it had not been done for an hour (UTC instant); null = never';

select pg_catalog.pg_extension_config_dump('calendar.outbox', '');
select pg_catalog.pg_extension_config_dump('calendar.outbox_id_seq', '');

alter table calendar.outbox enable row level security;
create policy own_broker on calendar.outbox for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.outbox
    to calendar_service, calendar_definer using (true) with check (true);
