create table calendar.notifications (
    -- Greater than those before it, so that rows of one booking lie together.
    id uuid primary key default calendar_private.uuid_v7(),
    -- No foreign keys: they took a third of the time that these rows take of a booking's. See forget_messages().
    broker_id uuid,
    booking_id uuid,
    subject text collate "C",
    kind text not null,
    channel text not null,
    recipient text not null,
    endpoint_id uuid references calendar.webhook_endpoints on delete cascade,
    revision integer not null default 0,
    minutes integer,
    due_at timestamptz not null,
    state text not null default 'due',
    skip_reason text,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    retried_at timestamptz,
    lease_id uuid,
    provider_id text collate "C",
    last_error text,
    previous_slot tstzrange,
    token_digest bytea,
    created_at timestamptz not null default calendar_private.current_instant(),
    sent_at timestamptz,
    delivered_at timestamptz,
    unique nulls not distinct (booking_id, subject, kind, channel, recipient, revision, minutes, endpoint_id),
    constraint notifications_check check (
        channel in ('email', 'sms', 'webhook') and recipient in ('lead', 'broker', 'operator')
        and state in ('due', 'sending', 'sent', 'failed', 'skipped'))
);
-- What is due, and what is being sent by an agent whose lease may have ended.
create index notifications_open_idx on calendar.notifications (channel, next_attempt_at, id)
    where state in ('due', 'sending');
-- For list_notifications().
create index notifications_failed_idx on calendar.notifications (id) where state = 'failed';
create unique index notifications_lease_id_idx on calendar.notifications (lease_id) where lease_id is not null;
create unique index notifications_token_digest_idx on calendar.notifications (token_digest) where token_digest is not null;
create index notifications_broker_id_idx on calendar.notifications (broker_id, id);
create index notifications_endpoint_id_idx on calendar.notifications (endpoint_id) where endpoint_id is not null;
-- For prune_logs().
create index notifications_created_at_idx on calendar.notifications using brin (created_at) with (autosummarize = on);

comment on table calendar.notifications is 'Messages: one row for each recipient and channel of what happened to a booking. Whether it is sent is decided when it is due; no address is stored.';
comment on column calendar.notifications.id is 'Key; the same at each attempt, so that a recipient can recognize a repetition';
comment on column calendar.notifications.broker_id is 'The broker concerned; null for alerts';
comment on column calendar.notifications.booking_id is 'The booking concerned, if any';
comment on column calendar.notifications.subject is 'What it is about if it has no booking: the account''s id, the number of the row of failure_logs, or the alert''s key';
comment on column calendar.notifications.kind is 'booked, requested, confirmed, declined, rescheduled, cancelled, booking_failed, manual_booking, reminder, unwritten, needs_reconnect, sync_failing, alert or recovered';
comment on column calendar.notifications.channel is 'email, sms or webhook';
comment on column calendar.notifications.recipient is 'lead, broker or operator';
comment on column calendar.notifications.endpoint_id is 'Where channel is webhook: the endpoint';
comment on column calendar.notifications.revision is 'bookings.sequence as it was; without a booking, the day since 1 January 1970, or the number of the report';
comment on column calendar.notifications.minutes is 'Of a reminder, how long before the booking it is due, in minutes; of needs_reconnect and sync_failing, how long after the first report; null elsewhere';
comment on column calendar.notifications.due_at is 'When it is due first (UTC instant)';
comment on column calendar.notifications.state is 'due, sending (an agent has leased it), sent, failed or skipped';
comment on column calendar.notifications.skip_reason is 'Why it was not sent: revision, over, not_active, active_again, moved_back, written, resolved, no_address, suppressed, endpoint_disabled, quiet_hours, later_reminder or too_late';
comment on column calendar.notifications.attempts is 'Number of attempts';
comment on column calendar.notifications.next_attempt_at is 'When the next attempt is due (UTC instant); while an agent sends it, when its lease ends';
comment on column calendar.notifications.retried_at is 'When it was queued again after it had failed (UTC instant): its attempts count from then; null = never';
comment on column calendar.notifications.lease_id is 'The attempt in progress';
comment on column calendar.notifications.provider_id is 'The id that the provider returned for it';
comment on column calendar.notifications.last_error is 'Why the last attempt failed, in plain words';
comment on column calendar.notifications.previous_slot is 'Of rescheduled, the time before';
comment on column calendar.notifications.token_digest is 'SHA-256 of the token that ends reminders to its address: the token itself is not stored';
comment on column calendar.notifications.created_at is 'When the row was created (UTC instant)';
comment on column calendar.notifications.sent_at is 'When the provider accepted it (UTC instant)';
comment on column calendar.notifications.delivered_at is 'When the provider reported that it was delivered (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.notifications', '');

alter table calendar.notifications enable row level security;
create policy own_broker on calendar.notifications for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.notifications
    to calendar_service, calendar_definer using (true) with check (true);
