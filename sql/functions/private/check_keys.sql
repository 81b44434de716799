create function calendar_private.check_keys(argument text, value jsonb, keys text[]) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _unknown text;
begin
    if jsonb_typeof(value) <> 'object' then
        raise exception '% must be a JSON object, not %', argument, calendar_private.quoted(value #>> '{}')
            using errcode = '22023';
    end if;
    select k.key into _unknown from jsonb_object_keys(value) as k (key)
     where k.key <> all (keys) order by k.key limit 1;
    if found then
        raise exception '% must not have the key %', argument, calendar_private.quoted(_unknown)
            using errcode = '22023', hint = format('Its keys are %s.', array_to_string(keys, ', '));
    end if;
end
$$;
comment on function calendar_private.check_keys(text, jsonb, text[]) is
    'Raises 22023 for a value that is not a JSON object, or that has a key that is not one of these: a key that is misspelt would silently do nothing. Null has none.';
