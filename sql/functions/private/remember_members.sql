create function calendar_private.remember_members(calendar_id uuid, batch jsonb) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _outside constant jsonb := coalesce(batch -> 'outside', '[]');
    -- Ids, as the keys of JSON objects.
    _kept jsonb;
    _read jsonb;
begin
    -- Most calendars have nothing to remember.
    if _outside = '[]' and not exists (
        select from calendar.remembered_members as m where m.calendar_id = remember_members.calendar_id)
    then
        return;
    end if;
    if coalesce((batch ->> 'full')::boolean, false) then
        select coalesce(jsonb_object_agg(u.id, null), '{}') into _kept
          from jsonb_array_elements_text(coalesce(batch -> 'unchanged', '[]')) as u (id);
        delete from calendar.remembered_members as m
         where m.calendar_id = remember_members.calendar_id and not _kept ? m.external_event_id;
    else
        select coalesce(jsonb_object_agg(r.id, null), '{}') into _read
          from (select e.item ->> 'external_event_id' as id
                  from jsonb_array_elements(coalesce(batch -> 'events', '[]')) as e (item)
                union all
                select coalesce(d.item ->> 'external_event_id', d.item #>> '{}')
                  from jsonb_array_elements(coalesce(batch -> 'deleted', '[]')) as d (item)) as r
         where r.id is not null;
        delete from calendar.remembered_members as m
         where m.calendar_id = remember_members.calendar_id and _read ? m.external_event_id;
    end if;
    insert into calendar.remembered_members as m (calendar_id, external_event_id, etag, occurs_at)
    select distinct on (o.external_event_id) remember_members.calendar_id, o.external_event_id, o.etag, o.occurs_at
      from jsonb_to_recordset(_outside) as o (external_event_id text, etag text, occurs_at timestamptz)
     order by o.external_event_id
    on conflict on constraint remembered_members_pkey do update
       set etag = excluded.etag, occurs_at = excluded.occurs_at;
end
$$;
comment on function calendar_private.remember_members(uuid, jsonb) is
    'Remembers what a batch of apply_sync has "outside", and forgets what it has otherwise or, where it is full, has no more';
