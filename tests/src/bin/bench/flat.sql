-- What the free slots of the brokers around 2026-03-02 follow from, flattened into one table:
-- what each date offers, and what closes or takes time, buffers included.
create table bench.flat as
with days as (
    select b.id, d.day::date as day,
           tstzrange(d.day at time zone b.timezone, (d.day + interval '1 day') at time zone b.timezone) as range,
           b.timezone
      from calendar.brokers as b,
           generate_series(timestamp '2026-02-28', '2026-03-18', interval '1 day') as d (day)
)
select d.id as broker_id, true as is_open, unnest(range_agg(x.range)) as range
  from days as d,
       lateral (
           select tstzrange((d.day + h.start_local) at time zone d.timezone,
                            (d.day + h.end_local) at time zone d.timezone) as range
             from calendar.working_hours as h
            where h.broker_id = d.id and h.is_active and h.weekday = extract(isodow from d.day)
              and not exists (select from calendar.override_occurrences as o
                               where o.broker_id = d.id and o.kind = 'replace'
                                 and tstzrange(o.starts_at, o.ends_at) && d.range)
           union all
           select tstzrange(o.starts_at, o.ends_at) * d.range from calendar.override_occurrences as o
            where o.broker_id = d.id and o.kind in ('replace', 'open')
              and tstzrange(o.starts_at, o.ends_at) && d.range
       ) as x
 group by d.id, d.day
union all
select o.broker_id, false, tstzrange(o.starts_at, o.ends_at)
  from calendar.override_occurrences as o where o.kind = 'block'
union all
select k.broker_id, false, tstzrange(k.starts_at - make_interval(mins => b.buffer_after_minutes),
                                     k.ends_at + make_interval(mins => b.buffer_before_minutes))
  from calendar.busy_blocks as k join calendar.brokers as b on b.id = k.broker_id
union all
select k.broker_id, false,
       tstzrange(k.slot_start - make_interval(mins => greatest(k.buffer_before_minutes, b.buffer_after_minutes)),
                 k.slot_end + make_interval(mins => greatest(k.buffer_after_minutes, b.buffer_before_minutes)))
  from calendar.bookings as k join calendar.brokers as b on b.id = k.broker_id;
create index on bench.flat (broker_id, lower(range)) include (range, is_open);
vacuum analyze bench.flat;
