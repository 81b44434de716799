create function calendar_private.refresh_override_occurrences(broker_id uuid, only_override uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from calendar.override_occurrences as o
     where o.broker_id = refresh_override_occurrences.broker_id
       and (only_override is null or o.override_id = only_override);
    insert into calendar.override_occurrences (broker_id, override_id, kind, starts_at, ends_at)
    select b.id, d.override_id, d.kind, d.starts_at, d.ends_at
      from calendar.brokers as b
      cross join lateral calendar_private.derive_override_occurrences(
          b.id, only_override, b.overrides_from, b.overrides_until) as d
     where b.id = refresh_override_occurrences.broker_id;
end
$$;
comment on function calendar_private.refresh_override_occurrences(uuid, uuid) is
    'Derives the occurrences of a broker''s overrides again: of the given override, or of all where that is null';
