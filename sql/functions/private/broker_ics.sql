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
    with candidates as (
        -- What takes time has a block: a calendar of years is not read for a week.
        select e.calendar_id, e.external_event_id
          from (select distinct k.event_id
                  from calendar.busy_blocks as k
                 where k.broker_id = broker_ics.broker_id
                   and k.starts_at < window_end and k.starts_at > window_start - interval '24 hours'
                   and k.ends_at > window_start) as k
         cross join lateral (
               select e.calendar_id, e.external_event_id
                 from calendar.events as e
                where e.id = k.event_id and e.booking_id is null
               offset 0) as e
        union
        select c.id, e.external_event_id
          from calendar.calendars as c
         cross join lateral (
               select e.external_event_id
                 from calendar.events as e
                where e.calendar_id = c.id and e.booking_id is null
                  and e.starts_at <= window_end and e.starts_at >= window_start - interval '24 hours'
                  and e.recurrence is null and e.recurrence_id is null and e.ends_at - e.starts_at <= interval '24 hours'
                  and (e.status <> 'confirmed' or e.transparency <> 'opaque' or e.declined or e.is_all_day
                       or e.starts_at = e.ends_at)
               union all
               select e.external_event_id
                 from calendar.events as e
                where e.calendar_id = c.id and e.booking_id is null
                  and (e.recurrence is not null or e.recurrence_id is not null
                       or e.ends_at - e.starts_at > interval '24 hours')
               union all
               -- All, where blocks do not say it.
               select e.external_event_id
                 from calendar.events as e
                where e.calendar_id = c.id and e.booking_id is null
                  and (not c.blocks_availability or c.gone_at is not null or c.blocks_merged
                       or window_start < c.blocks_from or window_end > c.blocks_until)
               offset 0) as e
         where c.broker_id = broker_ics.broker_id
    ), families as (
        -- A meeting may be in several calendars, but a UID may be in a stream once.
        select distinct on (k.external_event_id) k.external_event_id, c.id as calendar_id, c.timezone
          from candidates as k
         cross join lateral (select c.* from calendar.calendars as c where c.id = k.calendar_id offset 0) as c
         order by k.external_event_id, c.is_primary desc, c.id
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
         cross join lateral (
               select e.* from calendar.events as e
                where e.calendar_id = f.calendar_id and e.external_event_id = f.external_event_id
               offset 0) as e
         where calendar_private.occurs_within(f.calendar_id, f.external_event_id, window_start, window_end)
        union all
        select jsonb_build_object(
                   'uid', calendar_private.booking_uid(b.id), 'sequence', b.sequence,
                   'stamp', b.updated_at, 'last_modified', b.updated_at,
                   'title', coalesce(b.title, b.lead_name), 'description', b.notes, 'url', b.meeting_link,
                   'location', (select t.location from calendar.meeting_types as t where t.id = b.meeting_type_id),
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
        -- As long as a calendar app may keep it.
        'until', greatest(window_end, _now + interval '2 years'),
        'components', _components)::text);
end
$$;
comment on function calendar_private.broker_ics(uuid, timestamptz, timestamptz) is
    'A broker''s calendars and bookings as an iCalendar stream: what has an occurrence or lies between two instants';
