create function calendar_private.refuse(argument text, value text, rule text, hint text default '') returns boolean
    -- Not immutable: the planner would call it with arguments that are all constants.
    language plpgsql stable strict security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _message text := format('%s must be %s, not %s', argument, rule, calendar_private.quoted(value));
begin
    if hint = '' then
        raise exception '%', _message using errcode = '23514', column = argument;
    end if;
    raise exception '%', _message using errcode = '23514', column = argument, hint = hint;
end
$$;
comment on function calendar_private.refuse(text, text, text, text) is
    'Raises 23514 for a value that a constraint of a table does not allow: "COLUMN must be RULE, not VALUE". A constraint calls it as its last alternative: check (weekday between 1 and 7 or refuse(...)). Null for a null value, which such a constraint allows.';
