create function calendar_private.own_events(calendar_id uuid) returns jsonb
    language sql stable
begin atomic
    select coalesce(pg_catalog.jsonb_object_agg(m.external_event_id, m.booking_id), '{}')
      from calendar.event_mappings as m
     where m.calendar_id = own_events.calendar_id
       -- Not a join, for which all bookings may be read.
       and (select b.status in ('pending', 'confirmed') and b.slot_end > calendar_private.current_instant()
              from calendar.bookings as b
             where b.id = m.booking_id);
end;
comment on function calendar_private.own_events(uuid) is
    'The events of a calendar that are bookings'' own and whose deletion only a look can prove: {external_event_id: booking_id} of the active bookings to come';
