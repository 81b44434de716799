create function calendar_sync.finish_look(
    lease_id uuid,
    calendar_id uuid default null,
    found jsonb default null,
    etag text default null
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- By its number: PL/pgSQL has a variable "found" of its own.
    _found constant jsonb := $3;
    _booking calendar.bookings;
    _looked_at timestamptz;
    _ids text[];
    _calendar_id uuid;
    _read_again uuid[];
begin
    perform calendar_private.check_text('etag', finish_look.etag, 2000);
    _booking := calendar_private.find_push(lease_id, calendar_id, with_events => true);
    if _booking.id is null then
        raise exception 'lease_id must be a look, not %', lease_id using errcode = '22023';
    end if;
    if _found is not null then
        perform calendar_private.check_batch(_found, 'found');
        _ids := array(select distinct e.item ->> 'external_event_id'
                        from jsonb_array_elements(coalesce(_found -> 'events', '[]')) as e (item));
        if cardinality(_ids) <> 1 or _ids[1] is null then
            raise exception 'found must hold one event with its overrides' using errcode = '22023';
        end if;
    end if;
    -- A series that is no longer the booking's own may have lost its first occurrence or be gone, and pulls may have
    -- said so already: its time is taken until everything has been read again.
    _read_again := array(
        select m.calendar_id
          from calendar.event_mappings as m
         where m.booking_id = _booking.id
           and (m.calendar_id, m.external_event_id)
               is distinct from (coalesce(finish_look.calendar_id, m.calendar_id), _ids[1])
           and exists (select from calendar.events as e
                        where e.calendar_id = m.calendar_id and e.external_event_id = m.external_event_id
                          and e.recurrence is not null));
    if _found is null then
        perform calendar_private.forget_event(_booking);
        perform calendar_private.end_push(lease_id);
        if _booking.status in ('pending', 'confirmed') then
            update calendar.bookings as b
               set status = 'cancelled', cancel_reason = 'deleted at the provider', problem = null
             where b.id = _booking.id;
            -- The provider knows already.
            update calendar.outbox as o set done_at = calendar_private.current_instant()
             where o.booking_id = _booking.id and o.done_at is null;
        end if;
    else
        select max(o.leased_at) into _looked_at
          from calendar.outbox as o where o.lease_id = finish_look.lease_id and o.done_at is null;
        _calendar_id := calendar_private.map_event(_booking.id, finish_look.calendar_id, _ids[1], etag, null);
        update calendar.bookings as b set provider_event_id = _ids[1] where b.id = _booking.id;
        -- What was to be written still is.
        update calendar.outbox as o set lease_id = null, leased_at = null, leased_until = null
         where o.lease_id = finish_look.lease_id and o.done_at is null and o.operation <> 'look';
        perform calendar_private.end_push(lease_id);
        perform calendar_private.write_batch(
            _calendar_id, _found - array['full', 'deleted', 'sync_token', 'window_start', 'window_end'], _looked_at);
        update calendar.event_mappings as m set looked_at = calendar_private.current_instant()
         where m.booking_id = _booking.id;
        perform calendar_private.follow_events(_booking.broker_id, array[_booking.id], _looked_at, is_look => true);
    end if;
    update calendar.sync_state as s set sync_token = null, last_full_at = null where s.calendar_id = any (_read_again);
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.finish_look(uuid, uuid, jsonb, text) is
$$Ends a look for the event of a booking that a pull no longer found, or that a write did not find. There are no looks for deadlines: what their users delete stays deleted until they change.

lease_id: the push. calendar_id: the calendar of the account that the event was found in; null = where it was. found: {"events", "whole"}, as stage_page takes them, with the event and its overrides as they are now; null = the calendar answers, and the event was found nowhere in it nor in the account's other calendars: the booking is cancelled with the reason "deleted at the provider". etag: the event's version mark.

Where the event was found, it is the booking's from now on, and the booking follows its time as it does after a pull. A write that was leased is due again at once.

Errors: PT409 lease_lost; PT404 calendar_not_found for a calendar of another account; 22023.$$;
grant execute on function calendar_sync.finish_look(uuid, uuid, jsonb, text) to calendar_agent;
