create table calendar.feeds (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    booking_id uuid references calendar.bookings on delete cascade,
    token_digest bytea not null unique,
    created_at timestamptz not null default calendar_private.current_instant(),
    revoked_at timestamptz
);
create index on calendar.feeds (broker_id);
create index on calendar.feeds (booking_id) where booking_id is not null;

comment on table calendar.feeds is 'Secret addresses at which calendar apps read a broker''s calendars or one booking';
comment on column calendar.feeds.id is 'Key';
comment on column calendar.feeds.broker_id is 'The broker whose calendars it shows';
comment on column calendar.feeds.booking_id is 'The booking it shows; null = all of the broker''s calendars and bookings';
comment on column calendar.feeds.token_digest is 'SHA-256 of the token in the address: the token itself is not stored';
comment on column calendar.feeds.created_at is 'When it was created (UTC instant)';
comment on column calendar.feeds.revoked_at is 'Since when it no longer works (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.feeds', '');

alter table calendar.feeds enable row level security;
create policy own_broker on calendar.feeds for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.feeds
    to calendar_service, calendar_definer using (true) with check (true);
