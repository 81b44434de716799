create function calendar_private.check_questions(questions jsonb) returns boolean
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant text[] := '{text,choice,email,phone,number,checkbox}';
    _names text[] := '{}';
    _question jsonb;
    _name text;
    _problem text;
begin
    if jsonb_typeof(questions) <> 'array' or jsonb_array_length(questions) > 50 or octet_length(questions::text) > 65536 then
        raise exception 'questions must be a JSON array of at most 50 questions and 64 kB' using errcode = '23514', column = 'questions';
    end if;
    for _question in select q.item from jsonb_array_elements(questions) as q (item) loop
        _name := _question ->> 'name';
        _problem := case
            when jsonb_typeof(_question) <> 'object' then
                'must hold {"name", "label", "kind", "required", "choices"}, not ' || calendar_private.quoted(_question::text)
            when exists (select from jsonb_object_keys(_question) as k (key)
                          where k.key not in ('name', 'label', 'kind', 'required', 'choices')) then
                'must have no keys but name, label, kind, required and choices: ' || calendar_private.quoted(_question::text)
            when jsonb_typeof(_question -> 'name') is distinct from 'string' or _name !~ '^[A-Za-z0-9_-]{1,60}$' then
                'must each have a name of 1 to 60 letters, digits, hyphens and underscores, not ' || calendar_private.quoted(_name)
            when _name = any (_names) then
                'must each have a name of its own; two have ' || calendar_private.quoted(_name)
            when jsonb_typeof(_question -> 'label') is distinct from 'string'
              or length(_question ->> 'label') not between 1 and 500 then
                'must each have a label of 1 to 500 characters: ' || calendar_private.quoted(_name)
            when not coalesce(_question ->> 'kind' = any (_kinds), false) then
                format('must each be of the kind text, choice, email, phone, number or checkbox, not %s: %s',
                       calendar_private.quoted(_question ->> 'kind'), calendar_private.quoted(_name))
            when jsonb_typeof(coalesce(_question -> 'required', 'false')) <> 'boolean' then
                'must each have true or false as required: ' || calendar_private.quoted(_name)
            when (_question ->> 'kind' = 'choice') is distinct from (jsonb_typeof(_question -> 'choices') = 'array')
             and (_question ->> 'kind' = 'choice' or _question ? 'choices') then
                'must each have an array of choices exactly where they are of the kind choice: ' || calendar_private.quoted(_name)
            when _question ->> 'kind' = 'choice' and (
                     jsonb_array_length(_question -> 'choices') not between 1 and 100
                     or exists (select from jsonb_array_elements(_question -> 'choices') as c (item)
                                 where jsonb_typeof(c.item) <> 'string' or length(c.item #>> '{}') not between 1 and 200)) then
                'must each have 1 to 100 choices, texts of 1 to 200 characters: ' || calendar_private.quoted(_name)
        end;
        if _problem is not null then
            raise exception 'questions %', _problem using errcode = '23514', column = 'questions';
        end if;
        _names := _names || _name;
    end loop;
    return true;
end
$$;
comment on function calendar_private.check_questions(jsonb) is
    'Raises 23514 for questions of a meeting type that cannot be answered; names the question and what is allowed';
