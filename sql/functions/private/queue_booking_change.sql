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
    -- Agents do nothing about a hold, nor about a local calendar.
    if new.status <> 'held' and new.calendar_id is not null then
        perform calendar_private.wake_agents(new.id, new.calendar_id);
    end if;
    return null;
end
$$;
comment on function calendar_private.queue_booking_change() is
    'Trigger: writes the outbox row of a changed booking and notifies calendar_outbox with the booking''s id';
