create function calendar_private.refresh_blocks_of_events() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    -- A plan is kept while the tables grow.
    set enable_seqscan = off
as $$
declare
    _calendar_id uuid;
    _ids text[];
    _are_of_bookings boolean;
begin
    if tg_op = 'DELETE' then
        -- As an array: the plan of a join is kept as it was for as many rows as the first statement touched.
        delete from calendar.busy_blocks as k where k.event_id = any (array(select t.id from touched as t));
    end if;
    for _calendar_id, _ids, _are_of_bookings in
        select t.calendar_id, array_agg(distinct t.external_event_id), bool_and(t.booking_id is not null)
          from touched as t group by 1
    loop
        perform from calendar.calendars as c where c.id = _calendar_id for key share;
        if not found and tg_op <> 'DELETE' then
            if tg_op = 'UPDATE' then
                -- Of a calendar that is being deleted, its bookings with it, events go in a moment.
                continue when not exists (
                    select from touched as t
                     where t.calendar_id = _calendar_id
                       and not exists (select from before as b where b.id = t.id and b.calendar_id = t.calendar_id));
            end if;
            raise exception 'calendar_id % is not a known calendar', _calendar_id using errcode = '23503';
        end if;
        if tg_op = 'UPDATE' and _are_of_bookings then
            _are_of_bookings := not exists (
                select from before as b where b.calendar_id = _calendar_id and b.booking_id is null);
        end if;
        perform calendar_private.refresh_blocks(_calendar_id, _ids, _are_of_bookings);
    end loop;
    return null;
end
$$;
comment on function calendar_private.refresh_blocks_of_events() is
    'Trigger: keeps busy_blocks true to the events that a statement touched. An override changes what its master blocks, so whole families are derived. Error 23503 for an event of no calendar.';
