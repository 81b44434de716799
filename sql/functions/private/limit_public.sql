create function calendar_private.limit_public(
    broker calendar.brokers,
    length interval,
    durations integer[]
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _since timestamptz;
begin
    perform calendar_private.count_attempt(
        calendar_private.client_address(),
        -- One address must not use up what the broker allows to all.
        least(broker.public_bookings_per_address, greatest(broker.public_bookings_per_hour - 1, 1)),
        interval '1 hour');
    -- The booking with which the broker's limit was reached.
    select b.created_at into _since from calendar.bookings as b
     where b.broker_id = broker.id
       and b.is_public and b.created_at > _now - interval '1 hour'
       -- Holds are counted apart (limit_holds).
       and b.status <> 'held' and b.cancel_reason is distinct from 'hold_expired'
     order by b.created_at desc
    offset broker.public_bookings_per_hour - 1 limit 1;
    if found then
        perform calendar_private.raise_rate_limited(_since + interval '1 hour' - _now);
    end if;
    perform calendar_private.check_public_length(broker, durations, length);
end
$$;
comment on function calendar_private.limit_public(calendar.brokers, interval, integer[]) is
    'Counts an attempt of a public caller to book a slot of this length, of a meeting type with these durations in minutes (null = none). PT429 where it is one more than its address or the public may make of this broker within an hour, 22023 where the slot is too long.';
