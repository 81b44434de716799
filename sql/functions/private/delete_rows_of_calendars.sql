create function calendar_private.delete_rows_of_calendars() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from calendar.busy_blocks as k using gone as g where k.broker_id = g.broker_id and k.calendar_id = g.id;
    delete from calendar.events as e using gone as g where e.calendar_id = g.id;
    delete from calendar.failure_logs as f using gone as g where f.calendar_id = g.id;
    return null;
end
$$;
comment on function calendar_private.delete_rows_of_calendars() is 'Trigger: the events of a calendar, their blocks and what failed for it go with it';
