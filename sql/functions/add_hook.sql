create function calendar.add_hook(event text, function text) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _hook record;
begin
    perform calendar_private.require_owner_of_database();
    event := calendar_private.text_or_null(event);
    function := calendar_private.text_or_null(function);
    if event is null or event not in ('booked', 'confirmed', 'rescheduled', 'cancelled', 'failed', 'completed') then
        raise exception 'event must be booked, confirmed, rescheduled, cancelled, failed or completed, not %', calendar_private.quoted(event)
            using errcode = '22023';
    elsif function is null or function !~ '^[^(]+[.][^(]+[(][^)]*[)]$' then
        raise exception 'function must be a signature with its schema, such as app.note_booking(calendar.booking), not %',
            calendar_private.quoted(function) using errcode = '22023';
    end if;
    _hook := calendar_private.read_hook(function);
    if _hook.problem is not null then
        raise exception 'function %: %', calendar_private.quoted(function), _hook.problem using
            errcode = '22023',
            hint = 'For example: create function app.note_booking(booking calendar.booking) returns void security definer ...; '
                   'grant usage on schema app to calendar_hooks;';
    end if;
    insert into calendar.hooks (event, function) values (add_hook.event, _hook.signature) on conflict do nothing;
end
$$;
comment on function calendar.add_hook(text, text) is
$$Has a function of the application called with each booking, inside the booking's transaction: what it writes is stored with the booking or not at all, and its error refuses the booking. For a superuser and the owner of the database.

event: booked (also one that waits for confirmation), confirmed, rescheduled, cancelled (also declined), failed or completed. function: its signature with the schema, such as app.note_booking(calendar.booking). It has one argument, of the type calendar.booking, is security definer and runs with its owner's rights; the role calendar_hooks must be allowed to call it. It is called while the broker is locked, so it should be fast.

Errors: 42501 for anyone else; 22023.$$;
