create function calendar_private.quiet_end(instant timestamptz, timezone text, notify jsonb) returns timestamptz
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _from constant time := coalesce(notify ->> 'quiet_from', '21:00');
    _until constant time := coalesce(notify ->> 'quiet_until', '08:00');
    _local time;
    _end timestamptz := instant;
begin
    -- Once more where the clocks change in between.
    for _pass in 1 .. 3 loop
        _local := (_end at time zone timezone)::time;
        exit when not calendar_private.is_quiet(_local, _from, _until);
        _end := _end + (_until - _local) + case when _local >= _until then interval '24 hours' else '0' end;
    end loop;
    return nullif(_end, instant);
end
$$;
comment on function calendar_private.quiet_end(timestamptz, text, jsonb) is
    'When the quiet hours of brokers.notify that this instant is in end, read in an IANA zone; null where it is not in them';
