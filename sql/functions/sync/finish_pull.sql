create function calendar_sync.finish_pull(lease_id uuid, outcome jsonb) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _state calendar.sync_state := calendar_private.find_pull(lease_id);
    _full boolean := coalesce((outcome ->> 'full')::boolean, false);
    _batch jsonb;
    _result jsonb := '{"created": 0, "updated": 0, "deleted": 0, "unchanged": 0}';
    _problem text;
begin
    if outcome is null then
        raise exception 'outcome must be a JSON object, not null' using errcode = '22023';
    end if;
    perform calendar_private.check_keys('outcome', outcome, array[
        'nothing_new', 'sync_token', 'full', 'window_start', 'window_end', 'pages']);
    if outcome -> 'pages'
       <> (select to_jsonb(count(*)) from calendar.sync_pages as p where p.lease_id = finish_pull.lease_id) then
        -- What a lost page has would look like deletions.
        raise exception 'outcome: "pages" must be the number of staged pages' using errcode = '22023';
    end if;
    -- Before its state is locked, as it concerns bookings.
    perform calendar_private.mark_gone(_state.calendar_id, false);
    if (outcome ->> 'nothing_new')::boolean is not true then
        select outcome - array['nothing_new', 'pages'] || jsonb_build_object(
                   'events', coalesce(jsonb_agg(i.item order by p.page_number, i.at) filter (where i.kind = 'events'), '[]'),
                   'deleted', coalesce(jsonb_agg(i.item order by p.page_number, i.at) filter (where i.kind = 'deleted'), '[]'),
                   'rejected', coalesce(jsonb_agg(i.item order by p.page_number, i.at) filter (where i.kind = 'rejected'), '[]'),
                   'whole', coalesce(jsonb_agg(i.item) filter (where i.kind = 'whole'), '[]'),
                   'unchanged', coalesce(jsonb_agg(i.item) filter (where i.kind = 'unchanged'), '[]'),
                   'outside', coalesce(jsonb_agg(i.item) filter (where i.kind = 'outside'), '[]'))
          into _batch
          from calendar.sync_pages as p
         cross join lateral (
              select k.kind, e.item, e.at
                from unnest(array['events', 'deleted', 'rejected', 'whole', 'unchanged', 'outside']) as k (kind)
               cross join lateral jsonb_array_elements(coalesce(p.page -> k.kind, '[]')) with ordinality as e (item, at)
              ) as i
         where p.lease_id = finish_pull.lease_id;
        if _full and _state.found_empty_at is null
           and _batch -> 'events' = '[]' and _batch -> 'rejected' = '[]'
           and not exists (select from jsonb_array_elements_text(_batch -> 'unchanged') as u (id)
                             join calendar.events as e
                               on e.calendar_id = _state.calendar_id and e.external_event_id = u.id)
           and (exists (select from calendar.events as e
                         where e.calendar_id = _state.calendar_id
                           -- A series may go on for long after its first occurrence.
                           and (e.ends_at > _now or e.recurrence is not null))
                or exists (select from calendar.event_mappings as m
                             join calendar.bookings as b on b.id = m.booking_id
                            where m.calendar_id = _state.calendar_id
                              and b.status in ('pending', 'confirmed') and b.slot_end > _now)) then
            _problem := 'the provider shows no event at all; nothing is deleted until it does so again';
            insert into calendar.sync_logs
                   (calendar_id, logged_at, is_full, created, updated, deleted, unchanged, rejected, problem)
            values (_state.calendar_id, _now, true, 0, 0, 0, 0, 0, _problem);
            _result := _result || '{"held_back": true}';
        else
            _result := calendar.apply_sync(_state.calendar_id, _batch);
        end if;
    end if;
    update calendar.sync_state as s
       set sync_token = case when _problem is not null then null
                             when outcome ->> 'sync_token' is not null then outcome ->> 'sync_token'
                             else s.sync_token end,
           last_success_at = case when _problem is null then _now else s.last_success_at end,
           failures = case when _problem is null then 0 else s.failures end,
           problem = _problem,
           next_attempt_at = case when _problem is not null then _now + interval '1 minute' end,
           unchanged_pulls = s.unchanged_pulls + coalesce((outcome ->> 'nothing_new')::boolean, false)::integer,
           found_empty_at = case when _problem is not null then _now end,
           missed_rounds = 0,
           pull_ended_at = clock_timestamp(), lease_id = null, leased_at = null, leased_until = null, updated_at = _now
     where s.lease_id = finish_pull.lease_id;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    delete from calendar.sync_pages as p where p.lease_id = finish_pull.lease_id;
    perform calendar_private.accept_credential(c.account_id)
       from calendar.calendars as c where c.id = _state.calendar_id;
    return _result;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.finish_pull(uuid, jsonb) is
$$Ends a pull: applies the staged pages and the token in one transaction, as apply_sync does, and releases the lease.

lease_id: the pull. outcome: {"nothing_new": true, "sync_token"} where the provider has nothing new; or {"sync_token", "full", "window_start", "window_end", "pages": how many were staged}, with the pages as the batch's events, deletions and rejections. If "pages" is not the number of the staged pages, one was lost, and nothing is applied.

Returns what apply_sync returns, and "held_back": true where a full pull returned no event although events are known. The next full pull that returns none is applied.

Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.finish_pull(uuid, jsonb) to calendar_agent;
