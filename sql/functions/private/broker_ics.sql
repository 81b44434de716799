create function calendar_private.broker_ics(
    broker_id uuid,
    window_start timestamptz,
    window_end timestamptz
) returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _components jsonb;
begin
    with families as (
        -- A meeting may stand in several calendars; a UID may stand in a stream once.
        select distinct on (e.external_event_id) e.external_event_id, c.id as calendar_id, c.timezone
          from calendar.calendars as c
          join calendar.events as e on e.calendar_id = c.id
         where c.broker_id = broker_ics.broker_id
           and e.booking_id is null
         order by e.external_event_id, c.is_primary desc, c.id
    ), components as (
        select jsonb_build_object(
                   'uid', e.external_event_id, 'sequence', e.sequence,
                   'stamp', coalesce(e.provider_updated_at, e.last_seen_at),
                   'last_modified', e.provider_updated_at,
                   'title', e.title, 'starts_at', e.starts_at, 'ends_at', e.ends_at,
                   'start_date', e.start_date, 'end_date', e.end_date,
                   'timezone', coalesce(e.timezone, f.timezone), 'vtimezone', e.vtimezone,
                   'recurrence', e.recurrence, 'recurrence_id', e.recurrence_id,
                   'recurrence_this_and_future', e.recurrence_this_and_future, 'duration', e.duration,
                   'status', e.status,
                   'transparency', case when e.declined then 'transparent' else e.transparency end
               ) as component, e.starts_at, e.external_event_id as uid
          from families as f
          join calendar.events as e on e.calendar_id = f.calendar_id and e.external_event_id = f.external_event_id
         where calendar_private.occurs_within(f.calendar_id, f.external_event_id, window_start, window_end)
        union all
        select jsonb_build_object(
                   'uid', calendar_private.booking_uid(b.id), 'sequence', b.sequence,
                   'stamp', b.updated_at, 'last_modified', b.updated_at,
                   'title', coalesce(b.title, b.lead_name), 'description', b.notes, 'url', b.meeting_link,
                   'starts_at', b.slot_start, 'ends_at', b.slot_end,
                   'status', case when b.status in ('held', 'pending') then 'tentative' else 'confirmed' end,
                   'transparency', 'opaque'
               ), b.slot_start, b.id::text
          from calendar.bookings as b
         where b.broker_id = broker_ics.broker_id
           and b.slot_start < window_end and b.slot_end > window_start
           and b.slot_start > window_start - interval '24 hours'
           and (b.status in ('pending', 'confirmed', 'completed', 'no_show')
                or b.status = 'held' and b.hold_expires_at > _now)
    )
    select coalesce(jsonb_agg(c.component order by c.starts_at, c.uid), '[]') into _components
      from components as c;
    return calendar_private.write_ics(jsonb_build_object(
        'name', (select b.name from calendar.brokers as b where b.id = broker_ics.broker_id),
        'components', _components)::text);
end
$$;
comment on function calendar_private.broker_ics(uuid, timestamptz, timestamptz) is
    'A broker''s calendars and bookings as an iCalendar stream: what has an occurrence or lies between two instants';
