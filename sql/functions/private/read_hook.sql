create function calendar_private.read_hook(function text, out signature text, out problem text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _oid regprocedure;
begin
    begin
        _oid := to_regprocedure(function);
    exception
        when insufficient_privilege then
            problem := 'must be one that the role calendar_hooks may call';
            return;
        when syntax_error or invalid_name or invalid_text_representation or undefined_object or invalid_schema_name then
            -- As where there is no such function.
    end;
    -- One form for each function, with its schema.
    signature := _oid::text;
    problem := coalesce(
        (select case
                    when p.prokind <> 'f' or p.proretset then 'must be a function that returns one value'
                    when p.pronargs <> 1 or p.proargtypes[0] <> 'calendar.booking'::regtype then
                        'must have one argument, of the type calendar.booking'
                    when not p.prosecdef then 'must be security definer: it never runs with the rights of calendar_ext'
                    when r.rolname in ('calendar_definer', 'calendar_hooks') then 'must not belong to ' || r.rolname
                    when not has_function_privilege('calendar_hooks', p.oid, 'EXECUTE') then
                        'must be one that the role calendar_hooks may call'
                    else '' end
           from pg_proc as p
           join pg_roles as r on r.oid = p.proowner
          where p.oid = _oid),
        'does not exist');
    problem := nullif(problem, '');
end
$$;
comment on function calendar_private.read_hook(text) is
    'A function that is named by its signature, as hooks has it, and why it cannot be a hook; null = it can. Looks with the eyes of calendar_hooks.';
