create function calendar_private.call_hook(function text, booking calendar.booking) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _hook record := calendar_private.read_hook(function);
    _message text;
    _detail text;
begin
    if _hook.problem is not null then
        raise exception 'hook %: %', calendar_private.quoted(function), _hook.problem using
            errcode = '55000', hint = 'Repair the function, or remove the hook with drop_hook().';
    end if;
    execute format('select %s($1)', _hook.signature::regprocedure::regproc) using booking;
exception
    -- These would be taken for answers about the slot.
    when sqlstate 'PT409' or unique_violation or exclusion_violation then
        get stacked diagnostics _message = message_text, _detail = pg_exception_detail;
        raise exception '%', _message using errcode = 'P0001', detail = _detail;
end
$$;
comment on function calendar_private.call_hook(text, calendar.booking) is
    'Calls a function of the application with the rights of calendar_hooks, which has none: the function has its owner''s. 55000 where it cannot be a hook any more.';
