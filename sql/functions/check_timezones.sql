create function calendar.check_timezones(
    range_start timestamptz default null,
    range_end timestamptz default null
) returns table (
    timezone text,
    at timestamptz,
    engine_offset_seconds integer,
    postgres_offset_seconds integer
)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
    -- Changed for each zone in turn; what the session had comes back when this returns.
    set timezone = 'UTC'
as $$
declare
    _start timestamptz := coalesce(range_start, calendar_private.current_instant());
    _end timestamptz;
    _zone text;
begin
    perform calendar_private.check_instant('range_start', _start);
    _end := coalesce(range_end, _start + interval '2 years');
    perform calendar_private.check_instant('range_end', _end);
    if _end < _start then
        raise exception 'range_end must not be before range_start, not %', _end using errcode = '22023';
    elsif _end - _start > interval '7400 days' then
        raise exception 'range_end must lie at most 7400 days after range_start' using errcode = '22023';
    end if;
    for _zone in
        select z.name from pg_timezone_names as z where calendar_private.is_timezone(z.name) order by z.name
    loop
        -- AT TIME ZONE would take CET and its like for abbreviations, which have no summer.
        perform set_config('timezone', _zone, true);
        return query
            select _zone, o.instant, o.engine, o.postgres
              from (select s.instant, calendar_private.utc_offset(_zone, s.instant) as engine,
                           extract(timezone from s.instant)::integer as postgres
                      from generate_series(_start, _end, interval '12 hours') as s (instant)) as o
             where o.engine <> o.postgres
             order by o.instant
             limit 1;
    end loop;
end
$$;
comment on function calendar.check_timezones(timestamptz, timestamptz) is
$$Lists each zone for which the engine's time zone data and PostgreSQL's differ, with the first instant (of a series 12 hours apart) at which their offsets differ. No row means that they agree. Where they differ, update the older one. The engine's data decides what can be booked.

range_start, range_end: UTC instants (now, and 2 years later; at most 7400 days).

Errors: 22023 names the argument and what is allowed.$$;
grant execute on function calendar.check_timezones(timestamptz, timestamptz) to calendar_agent;
