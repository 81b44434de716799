create function calendar_private.booking_of_event(calendar_id uuid, external_event_id text) returns uuid
    language sql stable
begin atomic
    select m.booking_id
      from calendar.event_mappings as m
     where m.calendar_id = booking_of_event.calendar_id
       and m.external_event_id = booking_of_event.external_event_id
    union all
    -- What we write carries the booking's id in its UID, file name or id.
    select b.id
      from calendar.bookings as b
      join calendar.calendars as c on c.broker_id = b.broker_id
     where c.id = booking_of_event.calendar_id
       and b.id = pg_catalog.substring(
               booking_of_event.external_event_id, '^bk-?([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})(?:@|$)')::uuid
    limit 1;
end;
comment on function calendar_private.booking_of_event(uuid, text) is
    'The booking that a provider''s event is the event of, or a copy of it';
