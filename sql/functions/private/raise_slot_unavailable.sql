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
    _alternatives jsonb;
begin
    select coalesce(jsonb_agg(jsonb_build_object(
               'slot_start', calendar_private.json_instant(n.slot_start),
               'slot_end', calendar_private.json_instant(n.slot_end))), '[]')
      into _alternatives
      from calendar_private.nearest_slots(broker_id, slot_start, slot_end) as n;
    raise exception 'slot_unavailable' using
        errcode = 'PT409',
        detail = jsonb_build_object('reason', reason, 'alternatives', _alternatives);
end
$$;
comment on function calendar_private.raise_slot_unavailable(text, uuid, timestamptz, timestamptz) is
    'Raises PT409 slot_unavailable; the detail is JSON with the reason and the nearest free slots of that length';
