create table calendar.oauth_states (
    state_digest bytea primary key,
    session_digest bytea not null,
    connection_id uuid not null references calendar.connections_begun on delete cascade,
    broker_id uuid not null references calendar.brokers on delete cascade,
    provider text not null,
    account_id uuid references calendar.accounts on delete cascade,
    verifier bytea not null,
    return_to text,
    expires_at timestamptz not null
);
create index on calendar.oauth_states (connection_id);
create index on calendar.oauth_states (broker_id);
create index on calendar.oauth_states (account_id) where account_id is not null;
create index on calendar.oauth_states (expires_at);

comment on table calendar.oauth_states is 'Questions to a provider''s consent page whose answers have not come back';
comment on column calendar.oauth_states.state_digest is 'SHA-256 of the parameter state';
comment on column calendar.oauth_states.session_digest is 'SHA-256 of the cookie of the browser that asks';
comment on column calendar.oauth_states.connection_id is 'What the browser connects';
comment on column calendar.oauth_states.broker_id is 'The broker whose account it will be';
comment on column calendar.oauth_states.provider is 'google or microsoft';
comment on column calendar.oauth_states.account_id is 'The account that is to be connected again; null = any';
comment on column calendar.oauth_states.verifier is 'The verifier of PKCE (RFC 7636), encrypted by the agent';
comment on column calendar.oauth_states.return_to is 'Where the browser goes in the end; null = it stays';
comment on column calendar.oauth_states.expires_at is 'Until when the answer is accepted (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.oauth_states', '');

alter table calendar.oauth_states enable row level security;
create policy everything_for_service on calendar.oauth_states
    to calendar_service, calendar_definer using (true) with check (true);
