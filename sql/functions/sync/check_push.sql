create function calendar_sync.check_push(lease_id uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_push(lease_id);
begin
    if _booking.id is null then
        return (select p.is_wanted
                  from calendar_private.leased_obligation(lease_id) as l
                 cross join lateral calendar_private.obligation_push(l.obligation_id, l.calendar_id, 1) as p);
    elsif _booking.status not in ('pending', 'confirmed') then
        return false;
    elsif not exists (
              select from calendar_private.slot_obstacles(
                         _booking.broker_id, _booking.slot_start, _booking.slot_end, _booking.meeting_type_id) as o
                join calendar.events as e on o.source = 'event' and e.id = o.source_id
               -- An event within the buffers is an obstacle, but no conflict.
               cross join lateral calendar_private.derive_blocks(
                         e.calendar_id, array[e.external_event_id], _booking.slot_start, _booking.slot_end) as k
               where k.problem is null) then
        return true;
    end if;
    perform calendar_private.fail_booking(_booking, 'conflict');
    update calendar.outbox as o set done_at = calendar_private.current_instant()
     where o.lease_id = check_push.lease_id and o.done_at is null;
    return false;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.check_push(uuid) is
$$Whether a leased booking may still be written to its provider, after its calendar was pulled again. Where an event has taken the time since the booking was made, the booking becomes failed with reason conflict.

Of a deadline, whether its event is still to be in the calendar: nothing can take its time.

lease_id: the push. Returns false where it must not be written.

Errors: PT409 lease_lost.$$;
grant execute on function calendar_sync.check_push(uuid) to calendar_agent;
