create function calendar_private.clear_events() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- "where true": Supabase refuses a DELETE or UPDATE without a condition.
    delete from calendar.busy_blocks as k where true;
    if tg_table_name = 'calendars' then
        delete from calendar.events as e where true;
    else
        -- What a provider has must be asked for again as a whole.
        update calendar.sync_state as s
           set sync_token = null, covered_until = null, last_full_at = null, last_attempt_at = null
         where true;
    end if;
    return null;
end
$$;
comment on function calendar_private.clear_events() is
    'Trigger: after TRUNCATE of calendars no event remains, and after TRUNCATE of events (or of bookings, which includes events) no busy block does and every calendar is due for a full pull, before which no time is offered';
