create function calendar.explain_slot(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    meeting_type text default null
) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _type uuid;
    _obstacles jsonb;
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    perform calendar_private.check_instant('slot_start', slot_start);
    perform calendar_private.check_instant('slot_end', slot_end);
    _type := calendar_private.require_meeting_type(broker_id, meeting_type, 'owner');
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
               'reason', o.reason,
               'source', o.source,
               'id', o.source_id,
               'title', coalesce(e.title, b.title, v.reason),
               'calendar', c.display_name,
               'status', coalesce(e.status, b.status),
               'kind', v.kind,
               'starts_at', calendar_private.json_instant(coalesce(e.starts_at, b.slot_start, v.starts_at)),
               'ends_at', calendar_private.json_instant(coalesce(e.ends_at, b.slot_end, v.ends_at)),
               'recurrence', coalesce(e.recurrence, v.rrule))) order by o.place), '[]')
      into _obstacles
      from calendar_private.slot_obstacles(broker_id, slot_start, slot_end, _type)
           with ordinality as o (reason, source, source_id, place)
      left join calendar.events as e on o.source = 'event' and e.id = o.source_id
      left join calendar.calendars as c on c.id = case o.source when 'calendar' then o.source_id else e.calendar_id end
      left join calendar.bookings as b on o.source = 'booking' and b.id = o.source_id
      left join calendar.availability_overrides as v on o.source = 'override' and v.id = o.source_id;
    return jsonb_build_object(
        'bookable', jsonb_array_length(_obstacles) = 0,
        'reason', _obstacles #> '{0,reason}',
        'obstacles', _obstacles,
        'now', calendar_private.json_instant(calendar_private.current_instant()));
end
$$;
comment on function calendar.explain_slot(uuid, timestamptz, timestamptz, text) is
$$Why a slot can or cannot be booked, for a support desk: {"bookable", "reason", "obstacles": [{"reason", "source": event, booking, override or calendar, "id", "title", "calendar", "status", "kind", "starts_at", "ends_at", "recurrence"}], "now"}. "reason" is the reason with which a booking would be refused. An obstacle without a source is a rule of the broker. A calendar is behind not_synced: its events are not known up to the slot's end.

broker_id: the broker. slot_start, slot_end: UTC instants. meeting_type: the slug or id of one of the broker's meeting types, whose rules then apply, whatever lengths it has.

Errors: PT404 broker_not_found or meeting_type_not_found; 42501 for anyone but the broker and calendar_service; 22023.$$;
