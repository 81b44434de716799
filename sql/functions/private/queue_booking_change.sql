create function calendar_private.queue_booking_change() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into calendar.outbox (broker_id, booking_id, calendar_id, operation, created_at, next_attempt_at)
    values (new.broker_id, new.id, new.calendar_id,
            case when tg_op = 'INSERT' then 'create'
                 when new.status in ('cancelled', 'failed') then 'delete'
                 else 'update' end,
            new.updated_at, new.updated_at);
    perform pg_notify('calendar_outbox', new.id::text);
    return null;
end
$$;
comment on function calendar_private.queue_booking_change() is
    'Trigger: writes the outbox row of a changed booking and notifies calendar_outbox with the booking''s id';
