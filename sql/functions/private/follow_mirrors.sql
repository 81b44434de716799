create function calendar_private.follow_mirrors(calendar_id uuid, bookings uuid[], asked_at timestamptz) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _mirror record;
begin
    for _mirror in
        select b.*, e.starts_at, e.ends_at, e.external_event_id, e.status = 'cancelled' or e.id is null as is_gone
          from calendar.bookings as b
          join calendar.calendars as c on c.id = follow_mirrors.calendar_id and c.broker_id = b.broker_id
          left join calendar.events as e
            on e.booking_id = b.id and e.calendar_id = follow_mirrors.calendar_id and e.recurrence_id is null
         where b.id = any (bookings)
           and b.status in ('pending', 'confirmed')
           and b.slot_end > calendar_private.current_instant()
           and (e.id is null
                or e.status = 'cancelled'
                or not e.is_all_day and (e.starts_at, e.ends_at) <> (b.slot_start, b.slot_end))
         order by b.id
    loop
        perform calendar_private.lock_booking(_mirror.id);
        -- What we have to say to the provider, or said since it was asked, goes first;
        -- also what was said while this waited for the lock.
        continue when exists (
            select from calendar.outbox as o
             where o.booking_id = _mirror.id and (o.done_at is null or o.done_at > asked_at));
        begin
            if _mirror.is_gone then
                update calendar.bookings as b
                   set status = 'cancelled', cancel_reason = 'deleted at the provider'
                 where b.id = _mirror.id;
            else
                perform calendar_private.release_lapsed_holds(
                    _mirror.broker_id, _mirror.starts_at, _mirror.ends_at, null);
                update calendar.bookings as b
                   set slot_start = _mirror.starts_at, slot_end = _mirror.ends_at,
                       -- As in reschedule_booking, its broker moved it.
                       global_lead_id = null
                 where b.id = _mirror.id;
            end if;
            -- The provider knows already.
            update calendar.outbox as o set done_at = calendar_private.current_instant()
             where o.booking_id = _mirror.id and o.done_at is null;
        exception when exclusion_violation or check_violation or unique_violation then
            insert into calendar.failure_logs (broker_id, calendar_id, booking_id, external_event_id, operation, reason)
            values (_mirror.broker_id, follow_mirrors.calendar_id, _mirror.id, calendar_private.one_line(_mirror.external_event_id),
                    'follow_mirrors', 'moved at the provider to a time that it cannot have; it is moved back');
            insert into calendar.outbox (broker_id, booking_id, calendar_id, operation)
            values (_mirror.broker_id, _mirror.id, _mirror.calendar_id, 'update');
            perform pg_notify('calendar_outbox', _mirror.id::text);
        end;
    end loop;
end
$$;
comment on function calendar_private.follow_mirrors(uuid, uuid[], timestamptz) is
    'Lets bookings follow their events in a calendar of their broker, where these were moved, cancelled or deleted at the provider. bookings: those whose events have just changed or gone. asked_at: when the provider was asked. A time that the booking cannot have is refused: the event is moved back.';
