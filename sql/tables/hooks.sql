create table calendar.hooks (
    event text not null check (event in ('booked', 'confirmed', 'rescheduled', 'cancelled', 'failed', 'completed')
        or calendar_private.refuse('event', event, 'booked, confirmed, rescheduled, cancelled, failed or completed')),
    function text not null,
    created_at timestamptz not null default calendar_private.current_instant(),
    primary key (event, function)
);

comment on table calendar.hooks is 'Functions of the application that are called with a booking inside its transaction';
comment on column calendar.hooks.event is 'When it is called: booked, confirmed, rescheduled, cancelled, failed or completed';
comment on column calendar.hooks.function is 'Its signature, such as app.note_booking(calendar.booking)';
comment on column calendar.hooks.created_at is 'When it was added (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.hooks', '');

alter table calendar.hooks enable row level security;
create policy everything_for_service on calendar.hooks
    to calendar_service, calendar_definer using (true) with check (true);
