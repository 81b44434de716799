create table calendar.connections_begun (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    provider text not null,
    account_id uuid references calendar.accounts on delete cascade,
    return_to text,
    ticket_digest bytea not null unique,
    session_digest bytea,
    connected_account_id uuid references calendar.accounts on delete cascade,
    created_at timestamptz not null default calendar_private.current_instant(),
    expires_at timestamptz not null
);
create index on calendar.connections_begun (broker_id);
create index on calendar.connections_begun (account_id) where account_id is not null;
create index on calendar.connections_begun (connected_account_id) where connected_account_id is not null;
create index on calendar.connections_begun (expires_at);

comment on table calendar.connections_begun is 'Accounts that are being connected on the agent''s pages: a ticket at first, then a browser';
comment on column calendar.connections_begun.id is 'Key';
comment on column calendar.connections_begun.broker_id is 'The broker whose account it will be';
comment on column calendar.connections_begun.provider is 'google, microsoft, caldav, ics or ghl';
comment on column calendar.connections_begun.account_id is 'The account that is to be connected again; null = a new one';
comment on column calendar.connections_begun.return_to is 'Where the browser goes in the end; null = it stays';
comment on column calendar.connections_begun.ticket_digest is 'SHA-256 of the ticket in the address: the ticket itself is not stored';
comment on column calendar.connections_begun.session_digest is 'SHA-256 of the cookie of the browser that took the ticket; null = it was not taken yet';
comment on column calendar.connections_begun.connected_account_id is 'The account that was connected; null = none yet';
comment on column calendar.connections_begun.created_at is 'When the row was created (UTC instant)';
comment on column calendar.connections_begun.expires_at is 'When it ends (UTC instant): the ticket after 10 minutes, what a browser does with it an hour later';

select pg_catalog.pg_extension_config_dump('calendar.connections_begun', '');

alter table calendar.connections_begun enable row level security;
create policy everything_for_service on calendar.connections_begun
    to calendar_service, calendar_definer using (true) with check (true);
