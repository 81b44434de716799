create function calendar_private.check_import_row(item jsonb, is_new boolean) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _problem text;
begin
    if jsonb_typeof(item) <> 'object' then
        raise exception 'a row must be a JSON object, not %', calendar_private.quoted(item::text)
            using errcode = '22023';
    end if;
    select calendar_private.quoted(k.key) || ' is not a column of this import' into _problem
      from jsonb_object_keys(item) as k (key)
     where k.key not in ('line', 'external_id', 'name', 'email', 'phone', 'timezone', 'hours',
                         'provider', 'settings', 'display_name')
     order by k.key limit 1;
    if _problem is null then
        select case when jsonb_typeof(item -> c.name) not in ('string', 'null')
                    then format('%s must be a text, not %s', c.name, calendar_private.quoted((item -> c.name)::text))
                    when length(item ->> c.name) > c.longest
                    then format('%s must have at most %s characters', c.name, c.longest) end
          into _problem
          from (values (1, 'name', 200), (2, 'timezone', 100), (3, 'email', 320), (4, 'phone', 40),
                       (5, 'external_id', 200), (6, 'provider', 100), (7, 'display_name', 2000)) as c (place, name, longest)
         where jsonb_typeof(item -> c.name) not in ('string', 'null') or length(item ->> c.name) > c.longest
         order by c.place limit 1;
    end if;
    if _problem is null and is_new then
        _problem := case
            when coalesce(btrim(item ->> 'name'), '') = '' then 'name must not be empty'
            when item ->> 'timezone' is null or not calendar_private.is_timezone(item ->> 'timezone') then
                'timezone must be an IANA time zone such as America/New_York, not '
                || calendar_private.quoted(item ->> 'timezone')
            when coalesce(jsonb_typeof(item -> 'hours'), 'null') not in ('array', 'null') then
                'hours must be a JSON array, not ' || calendar_private.quoted((item -> 'hours')::text)
        end;
    end if;
    if _problem is null and is_new and jsonb_typeof(item -> 'hours') = 'array' then
        select p.problem
          into _problem
          from jsonb_array_elements(item -> 'hours') with ordinality as h (item, place)
         cross join (values ('^((0?[0-9]|1[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$')) as t (form)
         cross join lateral (values (case
                   when jsonb_typeof(h.item) <> 'object' then
                       'hours must hold {"weekday", "start_local", "end_local"}, not ' || calendar_private.quoted(h.item::text)
                   when h.item - array['weekday', 'start_local', 'end_local'] <> '{}' then
                       'hours must hold {"weekday", "start_local", "end_local"}, not ' || calendar_private.quoted(h.item::text)
                   when coalesce(h.item ->> 'weekday', '') !~ '^[1-7]$' then
                       'weekday must be from 1 (Monday) to 7 (Sunday), not ' || calendar_private.quoted(h.item ->> 'weekday')
                   when coalesce(h.item ->> 'start_local', '') !~ t.form then
                       'start_local must be a time such as 09:00, not ' || calendar_private.quoted(h.item ->> 'start_local')
                   when coalesce(h.item ->> 'end_local', '') !~ t.form then
                       'end_local must be a time such as 17:00, not ' || calendar_private.quoted(h.item ->> 'end_local')
               end)) as p (problem)
         where p.problem is not null
         order by h.place limit 1;
    end if;
    if _problem is not null then
        raise exception '%', _problem using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_import_row(jsonb, boolean) is
    'Raises 22023 for a row that import_brokers cannot take. The message names the column, the value and what is allowed. is_new: whether the row is to make a broker, which needs a name and a time zone.';
