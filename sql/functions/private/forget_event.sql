create function calendar_private.forget_event(booking calendar.bookings) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    with forgotten as (
        delete from calendar.event_mappings as m where m.booking_id = booking.id
        returning m.calendar_id, m.external_event_id
    ), families as (
        select f.*, exists (select from calendar.events as e
                             where e.calendar_id = f.calendar_id and e.external_event_id = f.external_event_id
                               and e.recurrence is not null) as is_series
          from forgotten as f
    ), rest as (
        -- Of a series, the first occurrence alone is gone. The next pull shows it.
        update calendar.events as e
           set behind_from = lower(o.first), behind_until = upper(o.first),
               behind_expires_at = calendar_private.current_instant() + interval '24 hours'
          from families as f
          join calendar.events as g on g.calendar_id = f.calendar_id and g.external_event_id = f.external_event_id
         cross join lateral calendar_private.first_of_series(
               g.calendar_id, g.external_event_id, g.recurrence, g.recurrence_id, g.starts_at, g.ends_at) as o (first)
         where f.is_series and e.id = g.id and not isempty(o.first)
    )
    delete from calendar.events as e
     using families as f
     where not f.is_series and e.calendar_id = f.calendar_id and e.external_event_id = f.external_event_id;
end
$$;
comment on function calendar_private.forget_event(calendar.bookings) is
    'Notes that a booking''s own event no longer exists at the provider';
