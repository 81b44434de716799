create table calendar.voice_keys (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid references calendar.brokers on delete cascade,
    mac_key bytea not null,
    created_at timestamptz not null default calendar_private.current_instant(),
    unique nulls not distinct (broker_id)
);

comment on table calendar.voice_keys is 'Verifiers for the signatures of voice agents';
comment on column calendar.voice_keys.id is 'Key';
comment on column calendar.voice_keys.broker_id is 'The broker whose agents sign with it; null = all that have none of their own';
comment on column calendar.voice_keys.mac_key is 'The two chaining values of HMAC-SHA256 (RFC 2104) after the API key''s block, inner then outer, 64 bytes: enough to check signatures; the API key cannot be recovered from it';
comment on column calendar.voice_keys.created_at is 'When it was stored (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.voice_keys', '');

alter table calendar.voice_keys enable row level security;
create policy everything_for_service on calendar.voice_keys
    to calendar_service, calendar_definer using (true) with check (true);
