create table calendar.webhook_channels (
    calendar_id uuid primary key references calendar.calendars on delete cascade,
    channel_id text unique,
    resource_id text,
    secret_digest bytea check (length(secret_digest) = 32),
    expires_at timestamptz,
    lease_id uuid unique,
    leased_until timestamptz,
    check ((channel_id is null) = (secret_digest is null) and (channel_id is null) = (expires_at is null))
);

comment on table calendar.webhook_channels is 'Channels through which providers send a notification when a calendar has changed';
comment on column calendar.webhook_channels.calendar_id is 'The calendar';
comment on column calendar.webhook_channels.channel_id is 'What the provider calls the channel: with Google the id of the channel, with Microsoft that of the subscription; null = it has no id yet';
comment on column calendar.webhook_channels.resource_id is 'What Google needs to stop the channel';
comment on column calendar.webhook_channels.secret_digest is 'SHA-256 of the secret that the provider repeats in each notification; the secret itself is not stored';
comment on column calendar.webhook_channels.expires_at is 'When the provider ends the channel (UTC instant)';
comment on column calendar.webhook_channels.lease_id is 'The renewal in progress';
comment on column calendar.webhook_channels.leased_until is 'Until when no agent renews the channel (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.webhook_channels', '');

alter table calendar.webhook_channels enable row level security;
create policy everything_for_service on calendar.webhook_channels
    to calendar_service, calendar_definer using (true) with check (true);
