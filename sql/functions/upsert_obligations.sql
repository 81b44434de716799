create function calendar.upsert_obligations(broker_id uuid, obligations jsonb) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _most constant integer := 5000;
    _kinds constant jsonb := '{"external_id": "text", "title": "text", "due_on": "date", "due_at": "instant", "notes": "text",
                               "url": "text", "duration_minutes": "integer", "reminder_minutes": "integers", "status": "text"}';
    _given integer;
    _twice record;
    _changed uuid[];
    _created integer;
begin
    perform calendar_private.require_broker(broker_id, 'service');
    if obligations is null or jsonb_typeof(obligations) <> 'array' then
        raise exception 'obligations must be a JSON array, not %', calendar_private.quoted(obligations::text)
            using errcode = '22023';
    end if;
    _given := jsonb_array_length(obligations);
    if _given > _most then
        raise exception 'obligations must have at most % items, not %', _most, _given using errcode = '22023',
            hint = 'Call it once for each portion.';
    end if;
    -- All at once: a call for each took most of the time.
    perform calendar_private.check_item(format('obligations: item %s', w.place), w.item, _kinds)
       from (select i.place, i.item
               from jsonb_array_elements(obligations) with ordinality as i (item, place)
              where jsonb_typeof(i.item) <> 'object'
                 or exists (select from jsonb_each(case when jsonb_typeof(i.item) = 'object' then i.item end) as v (key, value)
                             where not coalesce(calendar_private.is_kind(v.value, _kinds ->> v.key) and _kinds ? v.key, false))
              order by i.place limit 1) as w;
    select max(i.place) as place, k.external_id into _twice
      from jsonb_array_elements(obligations) with ordinality as i (item, place)
     cross join lateral (values (calendar_private.text_or_null(i.item ->> 'external_id'))) as k (external_id)
     group by k.external_id having count(*) > 1
     order by 1 limit 1;
    if _twice.external_id is not null then
        raise exception 'obligations: item %: external_id must be one that no other item has, not %', _twice.place,
            calendar_private.quoted(_twice.external_id) using errcode = '22023';
    end if;
    select coalesce(array_agg(s.obligation_id), '{}'), count(*) filter (where s.is_new) into _changed, _created
      from calendar_private.save_obligations(broker_id, obligations, 'obligations') as s;
    if _changed <> '{}' then
        perform calendar_private.queue_obligations(broker_id, _changed);
    end if;
    return jsonb_build_object(
        'created', _created, 'updated', cardinality(_changed) - _created, 'unchanged', _given - cardinality(_changed));
end
$$;
comment on function calendar.upsert_obligations(uuid, jsonb) is
$$Makes or replaces many deadlines of a broker, as upsert_obligation() does with each. All are written, or none.

broker_id: the broker. obligations: [{"external_id", "title", "due_on": a date such as 2026-12-01, or "due_at": an instant with an offset, "notes", "url", "duration_minutes", "reminder_minutes": an array, "status"}], at most 5000. Those that it lacks stay as they are.

Returns {"created", "updated", "unchanged"}: how many.

Errors: PT404 broker_not_found; 42501 for anyone but calendar_service and operators; 22023 names the item by its place, from 1, the key, its value and what is allowed.$$;
