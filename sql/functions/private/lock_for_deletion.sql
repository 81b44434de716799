create function calendar_private.lock_for_deletion(broker_id uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- NOWAIT alone waits for a newer version of the row that another transaction has locked.
    set lock_timeout = '1ms'
as $$
begin
    perform from calendar.accounts as a where a.broker_id = lock_for_deletion.broker_id for update nowait;
    perform from calendar.calendars as c where c.broker_id = lock_for_deletion.broker_id for update nowait;
    perform from calendar.availability_overrides as o where o.broker_id = lock_for_deletion.broker_id for update nowait;
exception when lock_not_available then
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_private.lock_for_deletion(uuid) is
    'Locks the accounts, calendars and overrides of a broker whose row is locked already, because it is to be deleted. 40001 instead of waiting, because those that have these locks may wait for the broker.';
