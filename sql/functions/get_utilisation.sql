create function calendar.get_utilisation(
    broker_id uuid,
    first_date date,
    last_date date
) returns table (date date, open_minutes integer, busy_minutes integer, booked_minutes integer, free_minutes integer)
    language c stable parallel restricted cost 1000 rows 90
    as 'MODULE_PATHNAME', 'calendar_get_utilisation';
comment on function calendar.get_utilisation(uuid, date, date) is
$$Returns how a broker's open time is used, by date: busy_minutes (events), booked_minutes (bookings to come and past) and free_minutes add up to open_minutes (working hours and overrides). Buffers, notice and horizon do not count.

broker_id: the broker. first_date, last_date: dates in the broker's zone, at most 366 days apart.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023 names the argument and what is allowed.$$;
