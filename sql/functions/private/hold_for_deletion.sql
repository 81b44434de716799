create function calendar_private.hold_for_deletion() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_table_name = 'brokers' then
        -- Out of order: the row of the broker is locked already.
        perform calendar_private.lock_for_deletion(old.id);
        return old;
    elsif tg_table_name = 'accounts' then
        perform from calendar.calendars as c where c.account_id = old.id order by c.id for update;
    end if;
    perform calendar_private.lock_broker(old.broker_id);
    return old;
exception when deadlock_detected then
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_private.hold_for_deletion() is
    'Trigger: locks what a deletion of a broker, an account or a calendar will change, in the order of DESIGN.md, "Locks". 40001 where another transaction is at work for a broker that is to be deleted.';
