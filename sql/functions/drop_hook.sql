create function calendar.drop_hook(event text, function text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _hook record;
    _deleted integer;
begin
    perform calendar_private.require_owner_of_database();
    event := calendar_private.text_or_null(event);
    function := calendar_private.text_or_null(function);
    perform calendar_private.check_text('event', drop_hook.event, 100);
    perform calendar_private.check_text('function', drop_hook.function, 1000);
    if event is null or function is null then
        raise exception 'event and function must not be null' using errcode = '22023';
    end if;
    _hook := calendar_private.read_hook(function);
    delete from calendar.hooks as h
     where h.event = drop_hook.event
       and h.function in (drop_hook.function, _hook.signature);
    get diagnostics _deleted = row_count;
    return _deleted > 0;
end
$$;
comment on function calendar.drop_hook(text, text) is
$$Ends the calls of a function that add_hook() named, also of one that does not exist any more. For a superuser and the owner of the database.

event: as of add_hook(). function: its signature, as of add_hook() or as calendar.hooks has it.

Returns whether there was such a hook. Errors: 42501 for anyone else; 22023.$$;
