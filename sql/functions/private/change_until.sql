create function calendar_private.change_until(booking calendar.bookings) returns timestamptz
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select booking.slot_start - make_interval(mins => coalesce(t.change_until_minutes, b.change_until_minutes))
      from calendar.brokers as b
      left join calendar.meeting_types as t on t.id = booking.meeting_type_id
     where b.id = booking.broker_id
$$;
comment on function calendar_private.change_until(calendar.bookings) is
    'Until when a lead may move or cancel a booking (UTC instant): change_until_minutes of its meeting type, or else of its broker, before its start';
