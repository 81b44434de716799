create function calendar_private.push_target(booking_id uuid)
    returns table (calendar_id uuid, account_id uuid, external_event_id text, etag text, written jsonb)
    language sql stable rows 1
begin atomic
    select c.id, a.id, m.external_event_id, m.etag, m.written
      from calendar.bookings as b
      left join calendar.event_mappings as m on m.booking_id = b.id
      join calendar.calendars as c on c.id = coalesce(m.calendar_id, b.calendar_id)
      join calendar.accounts as a on a.id = c.account_id
     where b.id = push_target.booking_id and a.provider <> 'ics' and a.status <> 'disconnected'
     order by m.created_at desc
     limit 1;
end;
comment on function calendar_private.push_target(uuid) is
    'The place of a booking''s event at a provider, now or once it is written; no row where none of its calendars can be written to. An event that was written stays where it is.';
