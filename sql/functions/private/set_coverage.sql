create function calendar_private.set_coverage() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.covered_until := calendar_private.coverage(new);
    return new;
end
$$;
comment on function calendar_private.set_coverage() is
    'Trigger: calendars.covered_until follows the calendar''s own columns';
