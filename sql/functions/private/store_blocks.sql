create function calendar_private.store_blocks(
    calendar_id uuid,
    external_event_ids text[],
    range_start timestamptz,
    range_end timestamptz
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    with derived as materialized (
        select c.broker_id, d.*
          from calendar.calendars as c
          cross join lateral calendar_private.derive_blocks(
              c.id, external_event_ids, range_start, range_end) as d
         where c.id = store_blocks.calendar_id
    ), failed as (
        insert into calendar.failure_logs (broker_id, calendar_id, external_event_id, operation, reason)
        select d.broker_id, e.calendar_id, e.external_event_id, 'derive_blocks', d.problem
          from derived as d
          join calendar.events as e on e.id = d.event_id
         where d.problem is not null
    )
    insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
    select d.broker_id, store_blocks.calendar_id, d.event_id, d.starts_at, d.ends_at
      from derived as d
     where d.problem is null
     -- Neighbours in time shall be neighbours on disk.
     order by d.starts_at;
end
$$;
comment on function calendar_private.store_blocks(uuid, text[], timestamptz, timestamptz) is
    'Derives and stores busy blocks of a calendar within a range: those of the events of the given ids, or of all where that is null. An event that cannot be expanded takes no time; failure_logs says why.';
