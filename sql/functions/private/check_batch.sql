create function calendar_private.check_batch(batch jsonb) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _problem text;
begin
    _problem := case
        when batch is null or jsonb_typeof(batch) <> 'object' then
            'must be a JSON object, not ' || calendar_private.quoted(batch #>> '{}')
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
                         and coalesce(jsonb_typeof(d.item -> 'recurrence_id'), 'null') in ('string', 'null') then null
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
    if _problem is not null then
        raise exception 'batch: %', _problem using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_batch(jsonb) is
    'Raises 22023 for a batch that is not of the form that apply_sync takes; its events are looked at one by one later';
