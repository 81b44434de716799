-- The free slots of all brokers of $1 in 14 days from $2, from the flat table.
select count(*)
  from unnest($1::uuid[]) as i (id),
       lateral (
           select c.slot_start
             from (select range_agg(f.range) filter (where f.is_open)
                          - coalesce(range_agg(f.range) filter (where not f.is_open), '{}') as ranges
                     from bench.flat as f
                    where f.broker_id = i.id and lower(f.range) > $2::timestamptz - interval '3 days'
                      and lower(f.range) < $2::timestamptz + interval '15 days') as free,
                  bench.flat as o,
                  generate_series(lower(o.range), upper(o.range) - interval '1 microsecond',
                                  interval '30 minutes') as c (slot_start)
            where o.broker_id = i.id and o.is_open and lower(o.range) > $2::timestamptz - interval '3 days'
              and lower(o.range) < $2::timestamptz + interval '15 days'
              and tstzrange($2, $2::timestamptz + interval '14 days') @> tstzrange(c.slot_start, c.slot_start + interval '30 minutes')
              and free.ranges @> tstzrange(c.slot_start, c.slot_start + interval '30 minutes')
       ) as slots
