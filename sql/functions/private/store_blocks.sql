create function calendar_private.store_blocks(
    calendar_id uuid,
    external_event_ids text[],
    range_start timestamptz,
    range_end timestamptz
) returns boolean
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _is_merged boolean;
    _stored integer;
begin
    with derived as materialized (
        select c.broker_id, d.*
          from calendar.calendars as c
          cross join lateral calendar_private.derive_blocks(
              c.id, external_event_ids, range_start, range_end) as d
         where c.id = store_blocks.calendar_id
    ), failed as (
        insert into calendar.failure_logs (broker_id, calendar_id, external_event_id, operation, reason)
        select d.broker_id, store_blocks.calendar_id,
               -- Not a join, for which all events may be read.
               (select calendar_private.one_line(e.external_event_id) from calendar.events as e where e.id = d.event_id),
               'derive_blocks', calendar_private.one_line(left(d.problem, 1000))
          from derived as d
         where d.problem is not null
           -- Those that are merged are derived once more, with all others.
           and not (d.is_merged and external_event_ids is not null)
         limit 100
    ), stored as (
        insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
        select d.broker_id, store_blocks.calendar_id, d.event_id, d.starts_at, d.ends_at
          from derived as d
         where d.starts_at is not null
         -- Neighbours in time shall be neighbours on disk.
         order by d.starts_at
    )
    select coalesce(bool_or(d.is_merged), false), count(d.starts_at) into _is_merged, _stored
      from derived as d;
    -- What few changes add is counted when the horizon moves.
    return not _is_merged and (external_event_ids is not null and _stored < 1000 or (
        select count(*) from calendar.busy_blocks as k
          join calendar.calendars as c on c.broker_id = k.broker_id and c.id = k.calendar_id
         where c.id = store_blocks.calendar_id) <= calendar_private.max_blocks());
end
$$;
comment on function calendar_private.store_blocks(uuid, text[], timestamptz, timestamptz) is
    'Derives and stores busy blocks of a calendar within a range: those of the events of the given ids, or of all where that is null. failure_logs has the events that cannot be expanded, at most 100. Returns whether each block is that of one event and the calendar has no more of them than max_blocks() returns.';
