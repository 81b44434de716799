create function calendar_private.lock_for_change(booking_id uuid, broker_id uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- NOWAIT alone waits for a newer version of the row that another transaction has locked.
    set lock_timeout = '1ms'
as $$
begin
    perform from calendar.brokers as b where b.id = lock_for_change.broker_id for no key update nowait;
    if current_setting('transaction_isolation') <> 'read committed' then
        -- 40001 where their policy has changed since this transaction's snapshot.
        perform from calendar.calendars as c
          where c.id in (select e.calendar_id from calendar.events as e where e.booking_id = lock_for_change.booking_id)
            for share nowait;
    end if;
exception when lock_not_available then
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_private.lock_for_change(uuid, uuid) is
    'Locks the broker of a booking whose row has been changed already, and where the snapshot may be old, the calendars of its events against a change of their policy. 40001 instead of waiting, because those that have these locks may wait for the booking.';
