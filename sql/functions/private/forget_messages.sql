create function calendar_private.forget_messages() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_table_name = 'bookings' then
        delete from calendar.notifications as n where n.booking_id = old.id;
    else
        delete from calendar.notifications as n where n.broker_id = old.id;
    end if;
    return null;
end
$$;
comment on function calendar_private.forget_messages() is
    'Trigger: deletes the messages about a booking or a broker that was deleted';
