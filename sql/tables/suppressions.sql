create table calendar.suppressions (
    channel text not null check (channel in ('email', 'sms')
        or calendar_private.refuse('channel', channel, 'email or sms')),
    address_digest bytea not null,
    reason text not null check (reason in ('stop', 'unsubscribed', 'bounce')
        or calendar_private.refuse('reason', reason, 'stop, unsubscribed or bounce')),
    created_at timestamptz not null default calendar_private.current_instant(),
    primary key (channel, address_digest, reason)
);

comment on table calendar.suppressions is 'Addresses to which messages are not sent';
comment on column calendar.suppressions.channel is 'email or sms';
comment on column calendar.suppressions.address_digest is 'SHA-256 of the address, in lower case';
comment on column calendar.suppressions.reason is 'stop (the recipient replied STOP), unsubscribed (from reminders alone) or bounce (there is no such address)';
comment on column calendar.suppressions.created_at is 'When it was recorded (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.suppressions', '');

alter table calendar.suppressions enable row level security;
create policy everything_for_service on calendar.suppressions
    to calendar_service, calendar_definer using (true) with check (true);
