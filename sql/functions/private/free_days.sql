create function calendar_private.free_days(
    broker_id uuid,
    meeting_type uuid,
    month date,
    timezone text,
    duration_minutes integer
) returns table (day date, slots integer)
    language c stable
    as 'MODULE_PATHNAME', 'calendar_free_days';
comment on function calendar_private.free_days(uuid, uuid, date, text, integer) is
    'calendar.get_free_days of a broker by the rules of a meeting type (null = the broker''s own), for a caller whose rights are known';
