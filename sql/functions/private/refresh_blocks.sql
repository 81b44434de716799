create function calendar_private.refresh_blocks(
    calendar_id uuid,
    external_event_ids text[],
    are_of_bookings boolean default false
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- A plan is kept while the tables grow.
    set enable_seqscan = off
as $$
declare
    _calendar calendar.calendars;
    _is_exact boolean;
begin
    select c.* into _calendar from calendar.calendars as c where c.id = refresh_blocks.calendar_id;
    if not found then
        return;
    end if;
    if external_event_ids is not null and (are_of_bookings or not _calendar.blocks_merged) then
        -- To know whether the calendar has any takes longer the more its broker has: that is worthwhile
        -- for many events alone.
        if cardinality(external_event_ids) < 1000
           or exists (select from calendar.busy_blocks as k
                       where k.broker_id = _calendar.broker_id and k.calendar_id = _calendar.id) then
            -- Event by event: a join may read the whole calendar, and "= any" may compare each of its
            -- events with each id.
            delete from calendar.busy_blocks as k
             where k.event_id = any (array(
                       select f.id
                         from unnest(external_event_ids) as i (id)
                        cross join lateral (
                             select e.id from calendar.events as e
                              where e.calendar_id = refresh_blocks.calendar_id and e.external_event_id = i.id
                             offset 0) as f));
        end if;
        if calendar_private.store_blocks(
            _calendar.id, external_event_ids, _calendar.blocks_from, _calendar.blocks_until) or are_of_bookings
        then
            return;
        end if;
    end if;
    delete from calendar.busy_blocks as k
     where k.broker_id = _calendar.broker_id and k.calendar_id = _calendar.id;
    _is_exact := calendar_private.store_blocks(
        _calendar.id, null, _calendar.blocks_from, _calendar.blocks_until);
    if _is_exact = _calendar.blocks_merged then
        update calendar.calendars as c set blocks_merged = not _is_exact where c.id = _calendar.id;
    end if;
end
$$;
comment on function calendar_private.refresh_blocks(uuid, text[], boolean) is
    'Derives the busy blocks of a calendar again: those of the events of the given ids, or all where that is null. All as well where they are merged, or are now too many to be kept event by event, unless are_of_bookings says that the ids are of events of bookings, which are never merged.';
