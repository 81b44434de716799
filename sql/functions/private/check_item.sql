create function calendar_private.check_item(argument text, item jsonb, kinds jsonb) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _problem text;
begin
    perform calendar_private.check_keys(argument, coalesce(item, 'null'), array(select jsonb_object_keys(kinds)));
    select format('%s: %s must be %s, not %s', argument, k.key,
                  case k.kind when 'text' then 'a text' when 'boolean' then 'true or false'
                      when 'integer' then 'a whole number' when 'integers' then 'an array of whole numbers'
                      when 'time' then 'a time such as 09:00, up to 24:00' when 'date' then 'a date such as 2026-03-02'
                      when 'instant' then 'an instant with an offset, such as 2026-03-02T15:00Z'
                      when 'object' then 'a JSON object' else 'a JSON array' end,
                  calendar_private.quoted((item -> k.key)::text))
      into _problem
      from jsonb_each_text(kinds) as k (key, kind)
     where item ? k.key and not calendar_private.is_kind(item -> k.key, k.kind)
     order by k.key limit 1;
    if found then
        raise exception '%', _problem using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_item(text, jsonb, jsonb) is
    'Raises 22023 where an item of a JSON argument is not an object, has a key that "kinds" does not name, or a value of another kind than it says: text, boolean, integer, integers, time, date, instant, object or array. A null is of every kind.';
