create function calendar_private.lock_broker(broker_id uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform from calendar.brokers as b where b.id = lock_broker.broker_id for no key update;
exception when deadlock_detected then
    -- Only a transaction that has locked something of another broker before can get here.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_private.lock_broker(uuid) is
    'Lets no other transaction change bookings of a broker, or what is derived for them, until this one ends. After the locks of its account and calendars (DESIGN.md, "Locks").';
