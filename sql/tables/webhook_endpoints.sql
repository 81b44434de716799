create table calendar.webhook_endpoints (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid references calendar.brokers on delete cascade,
    url text not null
        check (calendar_private.is_web_address(url)
               or calendar_private.refuse('url', url, 'an http or https address of at most 2000 characters')),
    events text[],
    mac_key bytea not null,
    former_mac_key bytea,
    former_until timestamptz,
    failing_since timestamptz,
    last_success_at timestamptz,
    last_error text,
    disabled_at timestamptz,
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant()
);
create index webhook_endpoints_broker_id_idx on calendar.webhook_endpoints (broker_id);

comment on table calendar.webhook_endpoints is 'Addresses to which messages are posted, signed as Standard Webhooks has it';
comment on column calendar.webhook_endpoints.id is 'Key';
comment on column calendar.webhook_endpoints.broker_id is 'Whose messages it gets; null = those of all brokers, and alerts';
comment on column calendar.webhook_endpoints.url is 'The address';
comment on column calendar.webhook_endpoints.events is 'Kinds of messages that it gets, such as booked and cancelled; null = all';
comment on column calendar.webhook_endpoints.mac_key is 'The two chaining values of HMAC-SHA256 (RFC 2104) after the secret''s block, inner then outer, 64 bytes: enough to sign; the secret cannot be recovered from it';
comment on column calendar.webhook_endpoints.former_mac_key is 'The same of the secret before, which signs, too, until former_until';
comment on column calendar.webhook_endpoints.former_until is 'Until when the secret before signs, too (UTC instant)';
comment on column calendar.webhook_endpoints.failing_since is 'Since when no message has been accepted (UTC instant); null = the last one was';
comment on column calendar.webhook_endpoints.last_success_at is 'When a message was last accepted (UTC instant)';
comment on column calendar.webhook_endpoints.last_error is 'Why the last attempt failed, in plain words; null = it did not';
comment on column calendar.webhook_endpoints.disabled_at is 'When it was disabled (UTC instant), because it answered 410 or has failed for 5 days; null = it is not';
comment on column calendar.webhook_endpoints.created_at is 'When the row was created (UTC instant)';
comment on column calendar.webhook_endpoints.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.webhook_endpoints', '');

alter table calendar.webhook_endpoints enable row level security;
create policy own_broker on calendar.webhook_endpoints for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.webhook_endpoints
    to calendar_service, calendar_definer using (true) with check (true);
