create function calendar_private.clear_occurrences() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'TRUNCATE' then
        -- "where true": Supabase refuses a DELETE or UPDATE without a condition.
        delete from calendar.override_occurrences as o where true;
        return null;
    end if;
    delete from calendar.override_occurrences as o where o.override_id = old.id;
    return null;
end
$$;
comment on function calendar_private.clear_occurrences() is
    'Trigger: an override that is deleted applies no more. A foreign key would let who changes the broker''s zone wait for who deletes an override and waits for the broker.';
