create function calendar_private.raise_slot_unavailable(
    reason text,
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _duration integer := (extract(epoch from slot_end - slot_start) / 60)::integer;
    _window_start timestamptz := slot_start - interval '7 days';
    _window_end timestamptz := slot_end + interval '7 days';
    _alternatives jsonb;
begin
    select coalesce(jsonb_agg(jsonb_build_object('slot_start', s.slot_start, 'slot_end', s.slot_end)
                              order by s.distance, s.slot_start), '[]')
      into _alternatives
      from (select a.slot_start, a.slot_end,
                   abs(extract(epoch from a.slot_start - raise_slot_unavailable.slot_start)) as distance
              from calendar.get_available_slots(
                       broker_id, _window_start, _window_end, duration_minutes => _duration) as a
             order by distance, a.slot_start
             limit 3) as s;
    raise exception 'slot_unavailable' using
        errcode = 'PT409',
        detail = jsonb_build_object('reason', reason, 'alternatives', _alternatives);
end
$$;
comment on function calendar_private.raise_slot_unavailable(text, uuid, timestamptz, timestamptz) is
    'Raises PT409 slot_unavailable; the detail is JSON with the reason and the at most three free slots of that length nearest to the one asked for, within a week of it';
