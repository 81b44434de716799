create function calendar_private.own_events(calendar_id uuid, external_event_ids text[]) returns jsonb
    language sql stable
begin atomic
    -- Not joins, for which all bookings may be read.
    select coalesce(pg_catalog.jsonb_object_agg(m.external_event_id, m.booking_id), '{}')
      from calendar.calendars as c
     cross join lateral (
          select b.id
            from calendar.bookings as b
           where own_events.external_event_ids is null
             and b.broker_id = c.broker_id and b.status in ('pending', 'confirmed')
             and b.slot_start > calendar_private.current_instant() - interval '24 hours'
             and b.slot_end > calendar_private.current_instant()
          union all
          select m.booking_id
            from pg_catalog.unnest(own_events.external_event_ids) as i (id)
           cross join lateral (
                select n.booking_id
                  from calendar.event_mappings as n
                 where n.calendar_id = own_events.calendar_id and n.external_event_id = i.id
                offset 0) as m
           where (select b.status in ('pending', 'confirmed') and b.slot_end > calendar_private.current_instant()
                    from calendar.bookings as b where b.id = m.booking_id)
          offset 0) as b
     cross join lateral (
          select m.external_event_id, m.booking_id
            from calendar.event_mappings as m
           where m.booking_id = b.id and m.calendar_id = own_events.calendar_id
          offset 0) as m
     where c.id = own_events.calendar_id;
end;
comment on function calendar_private.own_events(uuid, text[]) is
    'The events of a calendar that are bookings'' own and whose deletion only a look can prove: {external_event_id: booking_id} of the active bookings to come; of all, where external_event_ids is null, else of the events of these ids and of what else their bookings have there';
