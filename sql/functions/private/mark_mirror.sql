create function calendar_private.mark_mirror() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.events as e
       set booking_id = new.booking_id
     where e.calendar_id = new.calendar_id
       and e.external_event_id = new.external_event_id
       and e.booking_id is distinct from new.booking_id;
    return null;
end
$$;
comment on function calendar_private.mark_mirror() is
    'Trigger: a sync can bring the event of a booking before its mapping is noted; from then on it takes no time itself';
