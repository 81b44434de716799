create function calendar_private.broker_timezone(broker_id uuid) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select b.timezone from calendar.brokers as b where b.id = broker_timezone.broker_id
$$;
comment on function calendar_private.broker_timezone(uuid) is 'The IANA zone of a broker';
