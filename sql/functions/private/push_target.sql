create function calendar_private.push_target(booking_id uuid)
    returns table (calendar_id uuid, account_id uuid, external_event_id text, etag text, written jsonb)
    language sql stable rows 1
begin atomic
    select c.id, a.id, t.external_event_id, t.etag, t.written
      from (select m.calendar_id, m.external_event_id, m.etag, m.written, m.created_at
              from calendar.event_mappings as m
             where m.booking_id = push_target.booking_id
            union all
            select b.calendar_id, null, null, null, null
              from calendar.bookings as b
             where b.id = push_target.booking_id) as t
      join calendar.calendars as c on c.id = t.calendar_id
      join calendar.accounts as a on a.id = c.account_id
     where a.provider <> 'ics' and a.status <> 'disconnected'
     -- Where the event is, unless its account is out of order and the booking is to be written elsewhere.
     order by a.status = 'active' desc, t.created_at desc nulls last
     limit 1;
end;
comment on function calendar_private.push_target(uuid) is
    'The place of a booking''s event at a provider, now or once it is written; no row where none of its calendars can be written to. An event that was written stays where it is.';
