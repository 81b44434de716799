-- Keeps two tables of an application true: what happened to each lead (interactions), and what is to be
-- paid for appointments that took place (billing_events). Run it as the owner of the database.

create schema if not exists app;

create table app.interactions (
    id bigint generated always as identity primary key,
    booking_id uuid not null,
    lead_id text,
    event text not null,
    slot_start timestamptz not null,
    happened_at timestamptz not null default now()
);
create index on app.interactions (lead_id);

-- One row for each booking; its amount is 0 as long as the appointment has not taken place.
create table app.billing_events (
    booking_id uuid primary key,
    broker_id uuid not null,
    status text not null check (status in ('planned', 'due', 'void')),
    minutes integer not null,
    amount numeric(10, 2) not null
);

create function app.note_interaction(booking calendar.booking, event text) returns void
    language sql volatile
begin atomic
    insert into app.interactions (booking_id, lead_id, event, slot_start)
    values (booking.id, booking.lead_id, event, booking.slot_start);
end;

-- 2.00 a minute.
create function app.bill(booking calendar.booking) returns void
    language sql volatile
begin atomic
    insert into app.billing_events as b (booking_id, broker_id, status, minutes, amount)
    select booking.id, booking.broker_id, s.status, m.minutes, case s.status when 'due' then 2 * m.minutes else 0 end
      from (select case booking.status when 'completed' then 'due' when 'cancelled' then 'void' when 'failed' then 'void'
                                       else 'planned' end) as s (status),
           (select (extract(epoch from booking.slot_end - booking.slot_start) / 60)::integer) as m (minutes)
    on conflict (booking_id) do update
       set status = excluded.status, minutes = excluded.minutes, amount = excluded.amount;
end;

-- The hooks themselves: security definer, so that they have the rights of the application's owner
-- and not those of the caller that books; with a path of their own, as every such function.
create function app.on_booked(booking calendar.booking) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.note_interaction(booking, 'booked');
    perform app.bill(booking);
end
$$;

create function app.on_confirmed(booking calendar.booking) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.note_interaction(booking, 'confirmed');
end
$$;

create function app.on_rescheduled(booking calendar.booking) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.note_interaction(booking, 'rescheduled');
    perform app.bill(booking);
end
$$;

create function app.on_cancelled(booking calendar.booking) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.note_interaction(booking, 'cancelled');
    perform app.bill(booking);
end
$$;

create function app.on_failed(booking calendar.booking) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.note_interaction(booking, 'failed');
    perform app.bill(booking);
end
$$;

create function app.on_completed(booking calendar.booking) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform app.note_interaction(booking, 'completed');
    perform app.bill(booking);
end
$$;

-- No other role needs them.
revoke execute on all functions in schema app from public;
grant usage on schema app to calendar_hooks;
grant execute on function
    app.on_booked(calendar.booking), app.on_confirmed(calendar.booking), app.on_rescheduled(calendar.booking),
    app.on_cancelled(calendar.booking), app.on_failed(calendar.booking), app.on_completed(calendar.booking)
to calendar_hooks;

select calendar.add_hook('booked', 'app.on_booked(calendar.booking)');
select calendar.add_hook('confirmed', 'app.on_confirmed(calendar.booking)');
select calendar.add_hook('rescheduled', 'app.on_rescheduled(calendar.booking)');
select calendar.add_hook('cancelled', 'app.on_cancelled(calendar.booking)');
select calendar.add_hook('failed', 'app.on_failed(calendar.booking)');
select calendar.add_hook('completed', 'app.on_completed(calendar.booking)');
