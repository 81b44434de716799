create function calendar_private.refresh_occurrences_of_override() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and old.broker_id <> new.broker_id then
        perform calendar_private.refresh_override_occurrences(old.broker_id, old.id);
    end if;
    perform calendar_private.refresh_override_occurrences(new.broker_id, new.id);
    return null;
end
$$;
comment on function calendar_private.refresh_occurrences_of_override() is
    'Trigger: keeps override_occurrences true to an override';
