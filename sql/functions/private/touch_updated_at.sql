create function calendar_private.touch_updated_at() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := calendar_private.current_instant();
    return new;
end
$$;
comment on function calendar_private.touch_updated_at() is 'Trigger: notes when a row was changed';
