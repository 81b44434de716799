create function calendar_private.run_hooks() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _event constant text := case
        -- Also a lapsed hold that is booked after all.
        when tg_op = 'INSERT' or old.status in ('held', 'cancelled') then
            case when new.status in ('pending', 'confirmed') then 'booked' end
        when old.status = new.status then
            case when new.status in ('pending', 'confirmed') then 'rescheduled' end
        when new.status in ('confirmed', 'cancelled', 'failed', 'completed') then new.status end;
    _function text;
begin
    foreach _function in array calendar_private.hooks_of(_event) loop
        perform calendar_private.call_hook(_function, calendar_private.shown_booking(new));
    end loop;
    return null;
end
$$;
comment on function calendar_private.run_hooks() is
    'Trigger: calls the functions of calendar.hooks with a booking that was made, confirmed, moved, cancelled, completed or has failed';
