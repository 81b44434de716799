create function calendar_private.queue_obligations_of_calendar() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from calendar.obligations as o where o.broker_id = new.broker_id) then
        perform calendar_private.lock_broker(new.broker_id);
        perform calendar_private.queue_obligations(new.broker_id, null, new.id, 500);
    end if;
    return null;
end
$$;
comment on function calendar_private.queue_obligations_of_calendar() is
    'Trigger: a calendar that receives deadlines from now on gets the pending ones of the next 400 days, at most 500; one that does no longer loses them';
