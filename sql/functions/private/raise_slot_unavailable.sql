create function calendar_private.raise_slot_unavailable(
    reason text,
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    meeting_type uuid,
    global_lead_id text default null
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
      from calendar_private.nearest_slots(broker_id, slot_start, slot_end, meeting_type, array(
               -- The lead is with another broker then.
               select b.slot_start from calendar.bookings as b
                where b.global_lead_id = raise_slot_unavailable.global_lead_id
                  and b.status in ('held', 'pending', 'confirmed'))) as n;
    raise exception 'slot_unavailable' using
        errcode = 'PT409',
        detail = jsonb_build_object('reason', reason, 'alternatives', _alternatives);
end
$$;
comment on function calendar_private.raise_slot_unavailable(text, uuid, timestamptz, timestamptz, uuid, text) is
    'Raises PT409 slot_unavailable; the detail is JSON with the reason and the nearest free slots of that length, by the rules of a meeting type where its id is given. global_lead_id: the lead, where the caller may learn when it is with other brokers; it is offered none of those times.';
