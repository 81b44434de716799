create function calendar_private.longest_horizon_days(broker calendar.brokers) returns integer
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select greatest(
        broker.booking_horizon_days,
        (select max(t.booking_horizon_days) from calendar.meeting_types as t
          where t.broker_id = broker.id and t.is_active))
$$;
comment on function calendar_private.longest_horizon_days(calendar.brokers) is
    'Days of 24 hours from now in which a slot of a broker may start, of any of its active meeting types';
