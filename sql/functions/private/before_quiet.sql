create function calendar_private.before_quiet(instant timestamptz, timezone text, notify jsonb) returns timestamptz
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _from constant time := coalesce(notify ->> 'quiet_from', '21:00');
    _until constant time := coalesce(notify ->> 'quiet_until', '08:00');
    _local time;
    _before timestamptz := instant;
begin
    -- Once more where the clocks change in between.
    for _pass in 1 .. 3 loop
        _local := (_before at time zone timezone)::time;
        exit when not calendar_private.is_quiet(_local, _from, _until);
        _before := _before - (_local - _from) - interval '1 minute'
                   - case when _local < _from then interval '24 hours' else '0' end;
    end loop;
    return _before;
end
$$;
comment on function calendar_private.before_quiet(timestamptz, text, jsonb) is
    'An instant, or the last minute before the quiet hours of brokers.notify that it is in, read in an IANA zone';
