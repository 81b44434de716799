create function calendar_private.refresh_blocks_of_calendar() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Its bookings' events keep still meanwhile.
    perform calendar_private.lock_broker(b.id)
       from unnest(array[old.broker_id, new.broker_id]) as b (id) order by b.id;
    if current_setting('transaction_isolation') <> 'read committed' then
        -- 40001 where a booking has changed the time of one since this transaction's snapshot.
        perform from calendar.events as e
          where e.calendar_id = new.id and e.booking_id is not null for share;
    end if;
    if new.timezone <> old.timezone then
        update calendar.events as e
           set starts_at = calendar_private.date_start(e.start_date, new.timezone),
               ends_at = calendar_private.date_start(e.end_date, new.timezone)
         where e.calendar_id = new.id and e.is_all_day;
        -- Floating times are in it, too: all is to be read again.
        update calendar.sync_state as s set sync_token = null, last_full_at = null where s.calendar_id = new.id;
    end if;
    if new.broker_id <> old.broker_id then
        delete from calendar.busy_blocks as k
         where k.broker_id = old.broker_id and k.calendar_id = old.id;
    end if;
    perform calendar_private.refresh_blocks(new.id, null);
    return null;
end
$$;
comment on function calendar_private.refresh_blocks_of_calendar() is
    'Trigger: keeps all-day events and busy_blocks true to a calendar''s broker, zone and policy';
