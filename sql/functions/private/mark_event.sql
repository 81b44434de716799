create function calendar_private.mark_event() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _mapping calendar.event_mappings := coalesce(new, old);
begin
    update calendar.events as e
       -- Where the mapping goes, the booking may be gone, too.
       set booking_id = case when tg_op = 'DELETE' then e.booking_id else _mapping.booking_id end
     where e.calendar_id = _mapping.calendar_id
       and e.external_event_id = _mapping.external_event_id;
    return null;
end
$$;
comment on function calendar_private.mark_event() is
    'Trigger: a pull can bring the event of a booking before its mapping is noted; from then on it is the booking''s own, and a copy once the mapping goes';
