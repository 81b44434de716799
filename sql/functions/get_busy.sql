create function calendar.get_busy(
    broker_id uuid,
    window_start timestamptz,
    window_end timestamptz
) returns table (starts_at timestamptz, ends_at timestamptz)
    language c stable parallel restricted cost 1000 rows 50
    as 'MODULE_PATHNAME', 'calendar_get_busy';
comment on function calendar.get_busy(uuid, timestamptz, timestamptz) is
$$Returns when a broker is busy: events and bookings merged, without buffers and titles, clipped to the window, in order.

broker_id: the broker. window_start, window_end: UTC instants, at most 366 days apart.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023 names the argument and what is allowed.$$;
