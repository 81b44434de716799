create function calendar_private.lock_calendars(calendars uuid[], are_changed boolean default true) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform from calendar.calendars as c where c.id = any (calendars) order by c.id for no key update;
    if are_changed then
        -- A new version: a transaction that changes their policy on an older snapshot must not derive
        -- blocks from what it sees.
        update calendar.calendars as c set blocks_until = c.blocks_until where c.id = any (calendars);
    end if;
exception when deadlock_detected then
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_private.lock_calendars(uuid[], boolean) is
    'Lets no other transaction change events or the policy of calendars until this one ends; are_changed: this one is going to. Before the lock of their broker (DESIGN.md, "Locks").';
