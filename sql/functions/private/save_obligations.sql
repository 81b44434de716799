create function calendar_private.save_obligations(broker_id uuid, items jsonb, argument text default null)
    returns table (obligation_id uuid, is_new boolean)
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _row calendar.obligations;
    _place integer := 0;
    _problem text;
begin
    perform calendar_private.lock_broker(broker_id);
    begin
        return query
        insert into calendar.obligations as o (
            broker_id, external_id, title, notes, url, due_on, due_at, duration_minutes, reminder_minutes, status,
            created_at, updated_at)
        select save_obligations.broker_id, r.external_id, r.title, r.notes, r.url, r.due_on, r.due_at, r.duration_minutes,
               r.reminder_minutes, r.status, _now, _now
          from calendar_private.read_obligations(items) as r
        on conflict on constraint obligations_broker_id_external_id_key do update
           set title = excluded.title, notes = excluded.notes, url = excluded.url, due_on = excluded.due_on,
               due_at = excluded.due_at, duration_minutes = excluded.duration_minutes,
               reminder_minutes = excluded.reminder_minutes, status = excluded.status,
               sequence = o.sequence + 1, removed_at = null, updated_at = _now
         where (o.title, o.notes, o.url, o.due_on, o.due_at, o.duration_minutes, o.reminder_minutes, o.status, o.removed_at)
               is distinct from
               (excluded.title, excluded.notes, excluded.url, excluded.due_on, excluded.due_at, excluded.duration_minutes,
                excluded.reminder_minutes, excluded.status, null)
        returning o.id, o.sequence = 0;
    exception when check_violation or not_null_violation or datetime_field_overflow then
        _problem := sqlerrm;
    end;
    if _problem is null then
        return;
    end if;
    -- Which one it was.
    for _row in select r.* from calendar_private.read_obligations(items) as r loop
        _place := _place + 1;
        begin
            perform calendar_private.check_obligation(_row);
        exception when check_violation then
            raise exception '%', case when argument is not null then format('%s: item %s: ', argument, _place) else '' end || sqlerrm
                using errcode = '22023';
        end;
    end loop;
    raise exception '%', _problem using errcode = '22023';
end
$$;
comment on function calendar_private.save_obligations(uuid, jsonb, text) is
    'Writes deadlines, the broker locked, and returns those that are new or have changed. items: as upsert_obligations takes them, their kinds and keys checked. argument: what an error calls the array; null = there is one item. 22023 names the item''s place, the key, its value and what is allowed.';
