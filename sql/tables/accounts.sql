create table calendar.accounts (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    provider text not null check (provider in ('google', 'microsoft', 'caldav', 'ics', 'ghl')
        or calendar_private.refuse('provider', provider, 'google, microsoft, caldav, ics or ghl')),
    status text not null default 'active'
        check (status in ('active', 'paused', 'needs_reconnect', 'disconnected')
        or calendar_private.refuse('status', status, 'active, paused, needs_reconnect or disconnected')),
    display_name text,
    settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'
        or calendar_private.refuse('settings', settings::text, 'a JSON object')),
    problem text,
    events_kept boolean not null default false,
    refusals integer not null default 0 check (refusals >= 0
        or calendar_private.refuse('refusals', refusals::text, 'at least 0')),
    refused_at timestamptz,
    secret bytea,
    secret_key_id text,
    secret_version bigint not null default 0,
    lease_id uuid unique,
    leased_until timestamptz,
    created_at timestamptz not null default calendar_private.current_instant(),
    updated_at timestamptz not null default calendar_private.current_instant(),
    -- A calendar's broker is its account's broker: calendars refer to both at once.
    unique (id, broker_id),
    unique (broker_id, provider, settings),
    check ((secret is null) = (secret_key_id is null)
           or calendar_private.refuse('secret_key_id', coalesce(secret_key_id, 'null'), 'set exactly where secret is'))
);
create index on calendar.accounts (broker_id);

comment on table calendar.accounts is 'Credentials of brokers at calendar providers';
comment on column calendar.accounts.id is 'Key';
comment on column calendar.accounts.broker_id is 'The broker that the account belongs to';
comment on column calendar.accounts.provider is 'google, microsoft, caldav, ics or ghl';
comment on column calendar.accounts.status is 'active, paused (by hand), needs_reconnect (the provider refused the credential twice in a row; it is tried again all the same) or disconnected';
comment on column calendar.accounts.display_name is 'Name to show';
comment on column calendar.accounts.settings is 'How to reach the provider, without secrets (JSON object): url, username, tenant, location';
comment on column calendar.accounts.problem is 'Why the account is not active, in plain words';
comment on column calendar.accounts.events_kept is 'Whether the events of its calendars stay and take time as they last were while it is disconnected';
comment on column calendar.accounts.refusals is 'How many times in a row the provider has refused the credential, as report_refusal() counts';
comment on column calendar.accounts.refused_at is 'When it did so last (UTC instant)';
comment on column calendar.accounts.secret is 'The credential, encrypted with AES-256-GCM outside the database';
comment on column calendar.accounts.secret_key_id is 'Identifies the key that encrypted the secret';
comment on column calendar.accounts.secret_version is 'Increases with each new secret';
comment on column calendar.accounts.lease_id is 'The renewal of the credential in progress, or the last one';
comment on column calendar.accounts.leased_until is 'When another agent may renew the credential (UTC instant)';
comment on column calendar.accounts.created_at is 'When the row was created (UTC instant)';
comment on column calendar.accounts.updated_at is 'When the row was last changed (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.accounts', '');

alter table calendar.accounts enable row level security;
create policy own_broker on calendar.accounts
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.accounts
    to calendar_service, calendar_definer using (true) with check (true);
