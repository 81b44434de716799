create table calendar.booking_links (
    id uuid primary key default pg_catalog.gen_random_uuid(),
    broker_id uuid not null references calendar.brokers on delete cascade,
    booking_id uuid not null references calendar.bookings on delete cascade,
    token_digest bytea not null unique,
    address_digest bytea,
    created_at timestamptz not null default calendar_private.current_instant()
);
create index on calendar.booking_links (broker_id);
create index on calendar.booking_links (booking_id);

comment on table calendar.booking_links is 'Secret tokens with which visitors complete, see, move and cancel a booking';
comment on column calendar.booking_links.id is 'Key';
comment on column calendar.booking_links.broker_id is 'The broker of the booking';
comment on column calendar.booking_links.booking_id is 'The booking';
comment on column calendar.booking_links.token_digest is 'SHA-256 of the token: the token itself is not stored';
comment on column calendar.booking_links.address_digest is 'SHA-256 of the address that a hold was made from, to count the holds of an address; null once it is completed, and where the address is unknown';
comment on column calendar.booking_links.created_at is 'When it was created (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.booking_links', '');

alter table calendar.booking_links enable row level security;
create policy own_broker on calendar.booking_links for select
    using (broker_id = (select calendar_private.own_broker()));
create policy everything_for_service on calendar.booking_links
    to calendar_service, calendar_definer using (true) with check (true);
