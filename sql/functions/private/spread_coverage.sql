create function calendar_private.spread_coverage() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _calendars uuid[];
begin
    if tg_table_name = 'accounts' then
        if new.status = 'disconnected' then
            update calendar.sync_state as s
               set covered_until = null
              from calendar.calendars as c
             where c.account_id = new.id and s.calendar_id = c.id and s.covered_until is not null;
        end if;
        _calendars := array(select c.id from calendar.calendars as c where c.account_id = new.id order by c.id);
    else
        _calendars := array[case tg_op when 'DELETE' then old.calendar_id else new.calendar_id end];
    end if;
    -- Readers of availability read the calendars' rows anyway, but none of sync_state and accounts.
    -- The lock comes first: what another transaction has changed meanwhile counts.
    perform from calendar.calendars as c where c.id = any (_calendars) order by c.id for no key update;
    update calendar.calendars as c
       set covered_until = calendar_private.coverage(c)
     where c.id = any (_calendars) and c.covered_until <> calendar_private.coverage(c);
    return null;
end
$$;
comment on function calendar_private.spread_coverage() is
    'Trigger: calendars.covered_until follows sync_state and the account''s status. What was known of the calendars of an account counts no more once it is disconnected';
