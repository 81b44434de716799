create function calendar_private.revise_booking() returns trigger
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.sequence := old.sequence + 1;
    return new;
end
$$;
comment on function calendar_private.revise_booking() is
    'Trigger: counts a booking''s changes of time and status, so that calendar programs know the newest invitation';
