create function calendar_private.write_to_primary() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.lock_broker(new.broker_id);
    -- The trigger bookings_queued_when_changed has them written.
    update calendar.bookings as b
       set calendar_id = new.id
     where b.broker_id = new.broker_id
       and b.status in ('held', 'pending', 'confirmed')
       and b.slot_end > calendar_private.current_instant()
       and b.calendar_id is distinct from new.id
       and not exists (select from calendar.calendars as c
                        where c.id = b.calendar_id and c.account_id = new.account_id)
       and not exists (select from calendar.event_mappings as m
                         join calendar.calendars as c on c.id = m.calendar_id
                         join calendar.accounts as a on a.id = c.account_id
                        where m.booking_id = b.id and a.status = 'active');
    return null;
end
$$;
comment on function calendar_private.write_to_primary() is
    'Trigger: when a broker''s primary calendar becomes one of another account, bookings to come that have no event in an active account are written to it';
