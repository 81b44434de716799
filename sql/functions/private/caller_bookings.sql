create function calendar_private.caller_bookings(broker_id uuid, phone text, booking_id uuid)
    returns setof calendar.bookings
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select b.*
      from calendar.bookings as b
     where b.broker_id = caller_bookings.broker_id
       -- The longest booking has 24 hours, and slot_start has an index.
       and b.slot_start > calendar_private.current_instant() - interval '24 hours'
       and b.slot_end > calendar_private.current_instant()
       and (b.status in ('pending', 'confirmed')
            or b.status = 'held' and b.hold_expires_at > calendar_private.current_instant())
       and case when caller_bookings.booking_id is not null then b.id = caller_bookings.booking_id
                else calendar_private.plain_phone(b.lead_phone) = calendar_private.plain_phone(phone) end
     order by b.slot_start
     limit 10
$$;
comment on function calendar_private.caller_bookings(uuid, text, uuid) is
    'The bookings to come of a broker that a caller on the telephone may hear of: the one whose id it knows, or those of the number from which it calls';
