create function calendar_private.own_event_times(bookings uuid[])
    returns table (
        booking_id uuid,
        calendar_id uuid,
        external_event_id text,
        starts_at timestamptz,
        ends_at timestamptz,
        is_all_day boolean,
        is_gone boolean
    )
    language sql stable
begin atomic
    select m.booking_id, m.calendar_id, m.external_event_id,
           coalesce(o.starts_at, e.starts_at), coalesce(o.ends_at, e.ends_at), coalesce(o.is_all_day, e.is_all_day),
           e.status = 'cancelled' or coalesce(o.status = 'cancelled', false)
           or e.recurrence is not null and o.id is null
              and not calendar_private.occurs_within(
                      e.calendar_id, e.external_event_id, e.starts_at, e.starts_at + interval '1 second')
      from calendar.event_mappings as m
      join calendar.events as e
        on e.calendar_id = m.calendar_id and e.external_event_id = m.external_event_id and e.recurrence_id is null
      left join calendar.events as o
        on e.recurrence is not null
       and o.calendar_id = e.calendar_id and o.external_event_id = e.external_event_id
       and o.recurrence_id = calendar_private.first_recurrence_id(e.starts_at, e.start_date)
     where m.booking_id = any (bookings);
end;
comment on function calendar_private.own_event_times(uuid[]) is
    'What the own events of bookings say of their time, as the last pull or look saw them. Of a series, its first occurrence is meant; is_gone: it is cancelled or excluded.';
