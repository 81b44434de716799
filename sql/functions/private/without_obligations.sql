create function calendar_private.without_obligations(
    calendar_id uuid,
    broker_id uuid,
    events calendar_private.parsed_event[],
    batch jsonb,
    asked_at timestamptz
) returns calendar_private.parsed_event[]
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- The tables may have been empty when the plan was made.
    set enable_seqscan = off
as $$
declare
    _problem constant text := 'deleted by the user';
    _is_full boolean := coalesce((batch ->> 'full')::boolean, false);
    _window_start timestamptz := (batch ->> 'window_start')::timestamptz;
    _window_end timestamptz := (batch ->> 'window_end')::timestamptz;
    -- Sets, as the keys of JSON objects: the deadlines' events that the batch has, with their version marks,
    -- and those that it says are gone.
    _ours jsonb;
    _there jsonb;
    _gone jsonb;
begin
    with ours as materialized (
        select e.external_event_id as id, e.etag, e.status = 'cancelled' and e.recurrence_id is null as is_gone
          from calendar_private.rows_of(events) as e
         where exists (select from calendar.obligation_mappings as m
                        where m.calendar_id = without_obligations.calendar_id
                          and m.external_event_id = e.external_event_id)
            -- What we write carries the deadline's id in its UID, file name or id.
            or (e.external_event_id like 'ob%' or e.booking_id is not null)
               and exists (select from calendar.obligations as o
                            where o.broker_id = without_obligations.broker_id
                              and o.id = coalesce(
                                      substring(e.external_event_id,
                                                '^ob-?([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})')::uuid,
                                      calendar_private.uuid_or_null(e.booking_id)))
    )
    select coalesce(jsonb_object_agg(o.id, o.etag), '{}'),
           coalesce(jsonb_object_agg(o.id, o.etag) filter (where not o.is_gone), '{}'),
           coalesce(jsonb_object_agg(o.id, null) filter (where o.is_gone), '{}')
      into _ours, _there, _gone from ours as o;
    select _gone || coalesce(jsonb_object_agg(k.id, null), '{}') into _gone
      from jsonb_array_elements(coalesce(batch -> 'deleted', '[]')) as d (item)
     cross join lateral (values (coalesce(d.item ->> 'external_event_id', d.item #>> '{}'))) as k (id)
     where d.item ->> 'recurrence_id' is null;
    if _is_full then
        -- What was not read again, is outside of the window or was not understood is there.
        select _there || coalesce(jsonb_object_agg(k.id, null), '{}') into _there
          from (select u.id from jsonb_array_elements_text(coalesce(batch -> 'unchanged', '[]')) as u (id)
                union all
                select o.item ->> 'external_event_id' from jsonb_array_elements(coalesce(batch -> 'outside', '[]')) as o (item)
                union all
                select r.item ->> 'external_event_id' from jsonb_array_elements(coalesce(batch -> 'rejected', '[]')) as r (item)
               ) as k
         where k.id is not null and not _there ? k.id;
    end if;
    if not _is_full and _there = '{}' and _gone = '{}' then
        return events;
    end if;
    -- One that the user deleted stays deleted until the deadline changes, and nothing of what the user changes is followed.
    update calendar.obligation_mappings as m
       set problem = case when k.is_gone then _problem when m.problem <> _problem then m.problem end,
           etag = case when not k.is_gone then coalesce(_there ->> m.external_event_id, m.etag) end
      from (select c.external_event_id, c.obligation_id,
                   _gone ? c.external_event_id and not _there ? c.external_event_id
                   or _is_full and not _there ? c.external_event_id
                      and (_window_start is null or _window_end is null
                           or c.expires_at - interval '32 days' >= _window_start
                              and c.expires_at - interval '29 days' <= _window_end) as is_gone,
                   _there ? c.external_event_id as is_there
              from calendar.obligation_mappings as c
             where c.calendar_id = without_obligations.calendar_id
               and (_is_full or c.external_event_id = any (array(select jsonb_object_keys(_there || _gone))))
               -- What was asked for before it was written says nothing.
               and (asked_at is null or c.pushed_at < asked_at)) as k
     where m.calendar_id = without_obligations.calendar_id and m.obligation_id = k.obligation_id
       and (k.is_gone and m.problem is distinct from _problem
            or k.is_there and (m.problem = _problem or m.etag <> _there ->> m.external_event_id));
    if _ours = '{}' then
        return events;
    end if;
    return array(select e from calendar_private.rows_of(events) as e where not _ours ? e.external_event_id);
end
$$;
comment on function calendar_private.without_obligations(uuid, uuid, calendar_private.parsed_event[], jsonb, timestamptz) is
    'The events of a batch without those of the broker''s deadlines, which are known by their mapping or by the deadline''s id in theirs: they take no time, and no booking follows them. Records which of them the user deleted. asked_at: when the provider was asked; null = not known.';
