create function calendar_private.refresh_override_occurrences(broker_id uuid, only_override uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from calendar.override_occurrences as o
     where o.broker_id = refresh_override_occurrences.broker_id
       and (only_override is null or o.override_id = only_override);
    perform calendar_private.store_override_occurrences(b.id, only_override, b.overrides_from, b.overrides_until)
       from calendar.brokers as b
      where b.id = refresh_override_occurrences.broker_id;
end
$$;
comment on function calendar_private.refresh_override_occurrences(uuid, uuid) is
    'Derives the occurrences of a broker''s overrides again: of the given override, or of all where that is null';
