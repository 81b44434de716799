create function calendar_private.check_batch(batch jsonb, argument text default 'batch') returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _problem text;
begin
    if batch is null then
        raise exception '% must be a JSON object, not null', argument using errcode = '22023';
    end if;
    perform calendar_private.check_keys(argument, batch, array[
        'events', 'deleted', 'rejected', 'whole', 'unchanged', 'outside', 'sync_token', 'full', 'window_start', 'window_end']);
    _problem := case
        when coalesce(jsonb_typeof(batch -> 'events'), 'array') <> 'array' then
            '"events" must be an array, not ' || calendar_private.quoted(batch ->> 'events')
        when coalesce(jsonb_typeof(batch -> 'deleted'), 'array') <> 'array' then
            '"deleted" must be an array, not ' || calendar_private.quoted(batch ->> 'deleted')
        when coalesce(jsonb_typeof(batch -> 'rejected'), 'array') <> 'array' then
            '"rejected" must be an array, not ' || calendar_private.quoted(batch ->> 'rejected')
        when coalesce(jsonb_typeof(batch -> 'whole'), 'array') <> 'array' then
            '"whole" must be an array, not ' || calendar_private.quoted(batch ->> 'whole')
        when exists (select from jsonb_array_elements(batch -> 'whole') as w (item)
                      where jsonb_typeof(w.item) <> 'string') then '"whole" must hold ids'
        when exists (select from jsonb_array_elements(batch -> 'rejected') as r (item)
                      where jsonb_typeof(r.item -> 'reason') is distinct from 'string') then
            '"rejected" must hold {"external_event_id", "reason"}'
        when coalesce(jsonb_typeof(batch -> 'unchanged'), 'array') <> 'array' then
            '"unchanged" must be an array, not ' || calendar_private.quoted(batch ->> 'unchanged')
        when exists (select from jsonb_array_elements(batch -> 'unchanged') as u (item)
                      where jsonb_typeof(u.item) <> 'string') then '"unchanged" must hold ids'
        when coalesce(jsonb_typeof(batch -> 'outside'), 'array') <> 'array' then
            '"outside" must be an array, not ' || calendar_private.quoted(batch ->> 'outside')
        when exists (select from jsonb_array_elements(batch -> 'outside') as o (item)
                      where jsonb_typeof(o.item -> 'external_event_id') is distinct from 'string'
                         or jsonb_typeof(o.item -> 'etag') is distinct from 'string'
                         or coalesce(jsonb_typeof(o.item -> 'occurs_at'), 'null') <> 'null'
                            and not coalesce(calendar_private.is_instant(o.item ->> 'occurs_at'), false)) then
            '"outside" must hold {"external_event_id", "etag", "occurs_at"}'
        when coalesce(jsonb_typeof(batch -> 'full'), 'boolean') <> 'boolean' then
            '"full" must be true or false, not ' || calendar_private.quoted(batch ->> 'full')
        when coalesce(jsonb_typeof(batch -> 'sync_token'), 'string') not in ('string', 'null') then
            '"sync_token" must be a string or null, not ' || calendar_private.quoted(batch ->> 'sync_token')
    end;
    if _problem is null then
        for _problem in
            select case when jsonb_typeof(d.item) = 'string' then null
                        when jsonb_typeof(d.item -> 'external_event_id') = 'string'
                         and coalesce(jsonb_typeof(d.item -> 'recurrence_id'), 'null') in ('string', 'null')
                         and coalesce(calendar_private.is_instant(d.item ->> 'recurrence_id')
                                      or d.item ->> 'recurrence_id' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', true) then null
                        else '"deleted" must hold ids or {"external_event_id", "recurrence_id"}, not '
                             || left(d.item::text, 80) end
              from jsonb_array_elements(coalesce(batch -> 'deleted', '[]')) as d (item)
        loop
            exit when _problem is not null;
        end loop;
    end if;
    if _problem is null then
        for _problem in
            select format('"%s" must be an instant such as "2026-12-01T09:00:00Z" or null, not %s', k,
                          calendar_private.quoted(batch ->> k))
              from unnest(array['window_start', 'window_end']) as k
             where coalesce(jsonb_typeof(batch -> k), 'null') <> 'null'
               and not (jsonb_typeof(batch -> k) = 'string' and calendar_private.is_instant(batch ->> k))
        loop
            exit when _problem is not null;
        end loop;
    end if;
    if _problem is null then
        select format('"%s" must hold {%s}, not %s', l.list,
                      (select string_agg(format('"%s"', n.name), ', ') from unnest(l.keys) as n (name)),
                      calendar_private.quoted(k.key))
          into _problem
          from (values ('deleted', array['external_event_id', 'recurrence_id']),
                       ('rejected', array['external_event_id', 'reason']),
                       ('outside', array['external_event_id', 'etag', 'occurs_at'])) as l (list, keys)
         cross join jsonb_array_elements(coalesce(batch -> l.list, '[]')) as e (item)
         cross join jsonb_object_keys(case when jsonb_typeof(e.item) = 'object' then e.item else '{}' end) as k (key)
         where k.key <> all (l.keys)
         limit 1;
    end if;
    if _problem is not null then
        raise exception '%: %', argument, _problem using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_batch(jsonb, text) is
    'Raises 22023 for a batch, in this argument, that is not of the form that apply_sync takes; its events are looked at one by one later';
