-- The free slots of a broker ($1) in 14 days from $2, all in one statement.
with broker as (
    select b.id, b.timezone, b.buffer_before_minutes, b.buffer_after_minutes,
           make_interval(mins => b.slot_duration_minutes) as duration,
           make_interval(mins => b.buffer_before_minutes) as before,
           make_interval(mins => b.buffer_after_minutes) as after,
           tstzrange(greatest($2::timestamptz, $2::timestamptz + make_interval(mins => b.minimum_notice_minutes)), $2::timestamptz + interval '14 days') as window
      from calendar.brokers as b
     where b.id = $1 and b.booking_enabled
), days as (
    select d.day::date as day,
           tstzrange(d.day at time zone b.timezone, (d.day + interval '1 day') at time zone b.timezone) as range
      from broker as b,
           generate_series(date_trunc('day', lower(b.window) at time zone b.timezone) - interval '1 day',
                           upper(b.window) at time zone b.timezone, interval '1 day') as d (day)
), overrides as (
    select o.kind, tstzrange(o.starts_at, o.ends_at) as range
      from calendar.override_occurrences as o, broker as b
     where o.broker_id = b.id
       and o.starts_at > lower(b.window) - interval '3 days' and o.starts_at < upper(b.window) + interval '2 days'
), offered as (
    select d.day, unnest(range_agg(x.range)) as range
      from days as d, broker as b,
           lateral (
               select tstzrange((d.day + h.start_local) at time zone b.timezone,
                                (d.day + h.end_local) at time zone b.timezone) as range
                 from calendar.working_hours as h
                where h.broker_id = b.id and h.is_active and h.weekday = extract(isodow from d.day)
                  and (h.valid_from is null or h.valid_from <= d.day)
                  and (h.valid_until is null or h.valid_until >= d.day)
                  and not exists (select from overrides as o where o.kind = 'replace' and o.range && d.range)
               union all
               select o.range * d.range from overrides as o
                where o.kind in ('replace', 'open') and o.range && d.range
           ) as x
     group by d.day
), open as (
    select coalesce((select range_agg(range) from offered), '{}')
           - coalesce((select range_agg(range) from overrides where kind = 'block'), '{}') as ranges
), busy as (
    select coalesce(range_agg(x.range), '{}') as ranges
      from broker as b,
           lateral (
               select tstzrange(k.starts_at - b.after, k.ends_at + b.before) as range
                 from calendar.busy_blocks as k
                where k.broker_id = b.id and k.starts_at < k.ends_at
                  and k.starts_at > lower(b.window) - b.before - interval '24 hours'
                  and k.starts_at < upper(b.window) + b.after
               union all
               select tstzrange(
                          k.slot_start - make_interval(mins => greatest(k.buffer_before_minutes, b.buffer_after_minutes)),
                          k.slot_end + make_interval(mins => greatest(k.buffer_after_minutes, b.buffer_before_minutes)))
                 from calendar.bookings as k
                where k.broker_id = b.id
                  and k.slot_start > lower(b.window) - interval '48 hours' and k.slot_start < upper(b.window) + interval '24 hours'
                  and (k.status in ('pending', 'confirmed') or k.status = 'held' and k.hold_expires_at > $2::timestamptz)
           ) as x
), free as (
    select o.ranges - u.ranges as ranges from open as o, busy as u
)
select c.slot_start, c.slot_start + b.duration as slot_end
  from broker as b, free as f, offered as o,
       generate_series(lower(o.range), upper(o.range) - interval '1 microsecond', b.duration) as c (slot_start)
 where b.window @> tstzrange(c.slot_start, c.slot_start + b.duration)
   and f.ranges @> tstzrange(c.slot_start, c.slot_start + b.duration)
 order by c.slot_start
