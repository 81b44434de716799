create function calendar_private.note_unfollowed(booking_id uuid, problem text) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _mapping calendar.event_mappings;
begin
    select m.* into _mapping from calendar.event_mappings as m
     where m.booking_id = note_unfollowed.booking_id
     order by m.created_at desc limit 1;
    if _mapping.problem is not distinct from note_unfollowed.problem then
        return;
    end if;
    update calendar.event_mappings as m set problem = note_unfollowed.problem
     where m.calendar_id = _mapping.calendar_id and m.external_event_id = _mapping.external_event_id;
    update calendar.bookings as b set problem = note_unfollowed.problem
     where b.id = note_unfollowed.booking_id
       -- Another problem ends by itself.
       and (note_unfollowed.problem is not null or b.problem = _mapping.problem);
    if note_unfollowed.problem is not null then
        insert into calendar.failure_logs (broker_id, calendar_id, booking_id, external_event_id, operation, reason)
        select b.broker_id, _mapping.calendar_id, b.id, calendar_private.one_line(_mapping.external_event_id),
               'follow_events', note_unfollowed.problem
          from calendar.bookings as b where b.id = note_unfollowed.booking_id;
    end if;
end
$$;
comment on function calendar_private.note_unfollowed(uuid, text) is
    'Notes why a booking does not follow the time of its own event, as the problem of the booking; null = it does. A new reason is recorded in failure_logs.';
