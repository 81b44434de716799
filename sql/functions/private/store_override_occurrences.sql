create function calendar_private.store_override_occurrences(
    broker_id uuid,
    only_override uuid,
    range_start timestamptz,
    range_end timestamptz
) returns void
    language sql volatile
begin atomic
    -- Of several that start at once, the longest says it all.
    insert into calendar.override_occurrences (broker_id, override_id, kind, starts_at, ends_at)
    select distinct on (d.override_id, d.starts_at)
           store_override_occurrences.broker_id, d.override_id, d.kind, d.starts_at, d.ends_at
      from calendar_private.derive_override_occurrences(broker_id, only_override, range_start, range_end) as d
     order by d.override_id, d.starts_at, d.ends_at desc;
end;
comment on function calendar_private.store_override_occurrences(uuid, uuid, timestamptz, timestamptz) is
    'Derives and stores when the overrides of a broker apply within a range: one of them, or all where only_override is null';
