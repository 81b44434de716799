create function calendar_private.refresh_occurrences_of_broker() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.refresh_override_occurrences(new.id, null);
    return null;
end
$$;
comment on function calendar_private.refresh_occurrences_of_broker() is
    'Trigger: keeps override_occurrences true to the broker''s zone';
