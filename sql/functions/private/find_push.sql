create function calendar_private.find_push(lease_id uuid, calendar_id uuid default null, with_events boolean default false)
    returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking_id uuid;
    _obligation_id uuid;
    _calendar_id uuid;
    _broker_id uuid;
begin
    select o.booking_id, o.obligation_id, o.calendar_id, o.broker_id
      into _booking_id, _obligation_id, _calendar_id, _broker_id
      from calendar.outbox as o
     where o.lease_id = find_push.lease_id and o.done_at is null
     limit 1;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    if _obligation_id is not null then
        if with_events then
            perform calendar_private.lock_calendars(array[_calendar_id]);
        end if;
        perform calendar_private.lock_broker(_broker_id);
        return null;
    elsif with_events then
        -- A pull that is writing the event marks it as the booking's, or finds it mapped.
        perform calendar_private.lock_calendars(array(
            select m.calendar_id from calendar.event_mappings as m where m.booking_id = _booking_id
            union
            select t.calendar_id from calendar_private.push_target(_booking_id) as t
            union
            select find_push.calendar_id));
    end if;
    return calendar_private.lock_booking(_booking_id);
end
$$;
comment on function calendar_private.find_push(uuid, uuid, boolean) is
    'The booking that a push has leased, locked; before it, with_events, the calendars that its event is, was or will be in (the given one among them). Null where it has leased a deadline: then its broker is locked, and before it, with_events, its calendar. PT409 lease_lost where another agent has taken over or the push has ended.';
