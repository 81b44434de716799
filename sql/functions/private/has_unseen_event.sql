create function calendar_private.has_unseen_event(calendar_id uuid) returns boolean
    language sql stable
begin atomic
    select exists (
        select from calendar.event_mappings as m
          join calendar.bookings as b on b.id = m.booking_id
         where m.calendar_id = has_unseen_event.calendar_id
           and b.status in ('pending', 'confirmed') and b.slot_end > calendar_private.current_instant()
           and not exists (select from calendar.events as e
                            where e.calendar_id = m.calendar_id and e.external_event_id = m.external_event_id));
end;
comment on function calendar_private.has_unseen_event(uuid) is
    'Whether an event of a coming booking was written to a calendar and no pull has shown it';
