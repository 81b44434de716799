create function calendar_private.forget_coverage() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.sync_state as s
       set covered_until = null, sync_token = null, last_full_at = null, last_attempt_at = null
     where s.calendar_id in (select g.calendar_id from gone as g);
    return null;
end
$$;
comment on function calendar_private.forget_coverage() is
    'Trigger: where events were deleted by hand, their time is offered only after another full pull';
