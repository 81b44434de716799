create function calendar_private.delete_absent_overrides(
    calendar_id uuid,
    whole jsonb,
    seen_overrides jsonb,
    refused jsonb
) returns integer
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _deleted integer;
begin
    delete from calendar.events as e
     where e.id = any (array(
               select k.id
                 from jsonb_object_keys(whole) as w (id)
                -- Each by itself: a join may read the whole calendar.
                cross join lateral (
                     select o.id from calendar.events as o
                      where o.calendar_id = delete_absent_overrides.calendar_id
                        and o.external_event_id = w.id
                        and o.recurrence_id is not null
                        and seen_overrides #> array[o.external_event_id, o.recurrence_id] is null
                        and not refused ? o.external_event_id
                     offset 0) as k));
    get diagnostics _deleted = row_count;
    return _deleted;
end
$$;
comment on function calendar_private.delete_absent_overrides(uuid, jsonb, jsonb, jsonb) is
    'Deletes the overrides that a batch lacks of series that it has as a whole. whole: {external_event_id: null} of those. seen_overrides, refused: as delete_absent_events takes them. Returns how many went.';
