create function calendar_private.limit_holds(
    broker calendar.brokers,
    meeting_type calendar.meeting_types,
    length interval
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _most_per_address constant integer := 3;
    -- That many are allowed to a broker with few free slots.
    _least_of_broker constant integer := 3;
    _now timestamptz := calendar_private.current_instant();
    _address bytea := calendar_private.address_digest();
    _holds integer;
    _of_address integer;
    _next_lapse timestamptz;
    _next_lapse_of_address timestamptz;
begin
    perform calendar_private.check_public_length(broker, meeting_type.durations, length);
    -- The hold that a token moves is not yet in the table again.
    select count(*), min(b.hold_expires_at),
           count(*) filter (where l.address_digest = _address),
           min(b.hold_expires_at) filter (where l.address_digest = _address)
      into _holds, _next_lapse, _of_address, _next_lapse_of_address
      from calendar.bookings as b
      join calendar.booking_links as l on l.booking_id = b.id
     where b.broker_id = broker.id and b.status = 'held' and b.is_public
       and b.slot_start > _now and b.hold_expires_at > _now;
    if _of_address >= _most_per_address then
        perform calendar_private.raise_rate_limited(_next_lapse_of_address - _now);
    elsif _holds >= _least_of_broker
          and _holds >= (select count(*) / 10
                           from calendar.get_available_slots(
                                    broker.id, duration_minutes => (extract(epoch from length) / 60)::integer,
                                    meeting_type => meeting_type.id::text)) then
        perform calendar_private.raise_rate_limited(_next_lapse - _now);
    end if;
end
$$;
comment on function calendar_private.limit_holds(calendar.brokers, calendar.meeting_types, interval) is
    'Raises PT429 where a visitor''s hold would be the fourth of its address with this broker, or one above a tenth of the free slots of the coming 14 days (at least 3), and 22023 where it is too long for public callers. meeting_type.id is null without one. The broker must be locked.';
