create function calendar_private.check_answers(questions jsonb, answers jsonb) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _most_bytes constant integer := 16384;
    _name text;
    _question jsonb;
    _answer jsonb;
    _said text;
    _is_answered boolean;
    _rule text;
begin
    if jsonb_typeof(answers) not in ('object', 'null') then
        raise exception 'answers must be a JSON object of names of questions, not %', calendar_private.quoted(answers::text)
            using errcode = '22023';
    elsif octet_length(answers::text) > _most_bytes then
        raise exception 'answers must have at most % bytes', _most_bytes using errcode = '22023';
    elsif jsonb_typeof(answers) = 'object' then
        select k.key into _name from jsonb_object_keys(answers) as k (key)
         where not exists (select from jsonb_array_elements(questions) as q (item) where q.item ->> 'name' = k.key)
         order by k.key limit 1;
        if found then
            raise exception 'answers must name questions of the meeting type, not %', calendar_private.quoted(_name)
                using errcode = '22023';
        end if;
    end if;
    for _question in select q.item from jsonb_array_elements(questions) as q (item) loop
        _answer := answers -> (_question ->> 'name');
        _said := calendar_private.text_or_null(_answer #>> '{}');
        _is_answered := _said is not null and not (_question ->> 'kind' = 'checkbox' and _answer = 'false');
        _rule := case
            when not _is_answered and coalesce((_question ->> 'required')::boolean, false) then 'must be answered'
            when _said is null then null
            when _question ->> 'kind' = 'checkbox' and jsonb_typeof(_answer) <> 'boolean' then 'must be true or false'
            when _question ->> 'kind' = 'number' and _said !~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' then 'must be a number'
            when _question ->> 'kind' in ('text', 'choice', 'email', 'phone') and jsonb_typeof(_answer) <> 'string' then
                'must be a text'
            when _question ->> 'kind' = 'choice' and not (_question -> 'choices') ? _said then
                'must be one of ' || (_question ->> 'choices')
            when _question ->> 'kind' = 'email' and not calendar_private.is_email(_said) then
                'must be an e-mail address with one @ and a domain, such as name@example.org'
            when _question ->> 'kind' = 'phone' and not calendar_private.is_phone(calendar_private.plain_phone(_said)) then
                'must be a telephone number of 4 to 15 digits, such as +12125550100'
        end;
        if _rule is not null then
            -- Messages are ASCII and without personal data: the answer is not repeated.
            raise exception 'answers: question % %', calendar_private.quoted(_question ->> 'name'),
                regexp_replace(_rule, '[^ -~]', '?', 'g') using errcode = '22023';
        end if;
    end loop;
end
$$;
comment on function calendar_private.check_answers(jsonb, jsonb) is
    'Raises 22023 for answers that break the questions of a meeting type: not an object, above 16 kB, a name of no question, no answer where one is required, or one of another kind. Names the question and what is allowed.';
