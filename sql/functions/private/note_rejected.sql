create function calendar_private.note_rejected(calendar_id uuid, batch jsonb, rejected jsonb) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- Ids, as the keys of JSON objects.
    _rejected jsonb;
    _read jsonb;
begin
    -- Most calendars have none, and a local one is nobody's to put right.
    if rejected is null and not exists (
           select from calendar.rejected_events as r where r.calendar_id = note_rejected.calendar_id)
       or not exists (select from calendar.calendars as c
                       where c.id = note_rejected.calendar_id and c.account_id is not null)
    then
        return;
    end if;
    select coalesce(jsonb_object_agg(coalesce(r.item ->> 'external_event_id', ''), null), '{}') into _rejected
      from jsonb_array_elements(coalesce(rejected, '[]')) as r (item);
    if coalesce((batch ->> 'full')::boolean, false) then
        delete from calendar.rejected_events as r
         where r.calendar_id = note_rejected.calendar_id and not _rejected ? r.external_event_id;
    else
        select coalesce(jsonb_object_agg(e.id, null), '{}') into _read
          from (select i.item ->> 'external_event_id' as id
                  from jsonb_array_elements(coalesce(batch -> 'events', '[]') || coalesce(batch -> 'outside', '[]')) as i (item)
                union all
                select coalesce(d.item ->> 'external_event_id', d.item #>> '{}')
                  from jsonb_array_elements(coalesce(batch -> 'deleted', '[]')) as d (item)
                 where d.item ->> 'recurrence_id' is null) as e
         where e.id is not null;
        delete from calendar.rejected_events as r
         where r.calendar_id = note_rejected.calendar_id
           and _read ? r.external_event_id and not _rejected ? r.external_event_id;
    end if;
    insert into calendar.rejected_events as r (calendar_id, external_event_id, reason)
    select distinct on (1, 2) note_rejected.calendar_id,
           calendar_private.one_line(left(coalesce(i.item ->> 'external_event_id', ''), 2000)),
           coalesce(calendar_private.one_line(left(i.item ->> 'reason', 1000)), 'no reason is known')
      from jsonb_array_elements(coalesce(rejected, '[]')) as i (item)
    on conflict on constraint rejected_events_pkey do update
       set reason = excluded.reason
     where r.reason <> excluded.reason;
end
$$;
comment on function calendar_private.note_rejected(uuid, jsonb, jsonb) is
    'Keeps rejected_events of a calendar as a batch of apply_sync leaves it. rejected: [{"external_event_id", "reason"}] of what was not understood; a full batch replaces all';
