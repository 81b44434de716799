create function calendar_sync.extend_horizon(most integer default 100) returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _until timestamptz := _now + interval '400 days';
    _from timestamptz := _now - interval '400 days';
    -- Agents call every minute.
    _at_least constant interval := '12 hours';
    _most constant integer := coalesce(most, 100);
    _calendar calendar.calendars;
    _broker calendar.brokers;
    _moved integer := 0;
    _since timestamptz := clock_timestamp();
begin
    if _most not between 1 and 10000 then
        raise exception 'most must be from 1 to 10000, not %', _most using errcode = '22023';
    end if;
    perform calendar_private.end_behind();
    -- What is being written to now is moved on by the next run.
    for _calendar in
        select c.* from calendar.calendars as c
         where c.blocks_until < _until - _at_least
         order by c.blocks_until
         limit _most
           for no key update skip locked
    loop
        delete from calendar.busy_blocks as k
         where k.broker_id = _calendar.broker_id and k.calendar_id = _calendar.id
           and k.starts_at < _from and k.ends_at <= _from;
        update calendar.calendars as c
           set blocks_from = greatest(c.blocks_from, _from), blocks_until = greatest(c.blocks_until, _until)
         where c.id = _calendar.id;
        if _calendar.blocks_merged
           or _calendar.blocks_until < _until and not calendar_private.store_blocks(
               _calendar.id, null, greatest(_calendar.blocks_until, _from), _until)
        then
            perform calendar_private.refresh_blocks(_calendar.id, null);
        end if;
        _moved := _moved + 1;
        -- A pull of these calendars waits until the end.
        exit when clock_timestamp() > _since + interval '200 milliseconds';
    end loop;
    -- And a booking of these brokers, so that the end comes soon.
    _since := clock_timestamp();
    for _broker in
        select b.* from calendar.brokers as b
         where b.overrides_until < _until - _at_least
         order by b.overrides_until
         limit _most - _moved
           for no key update skip locked
    loop
        update calendar.brokers as b
           set overrides_from = greatest(b.overrides_from, _from),
               overrides_until = greatest(b.overrides_until, _until)
         where b.id = _broker.id;
        with gone as (
            delete from calendar.override_occurrences as o
             where o.broker_id = _broker.id and o.starts_at < _from
            returning o.override_id, o.kind, o.ends_at
        )
        insert into calendar.override_occurrences as o (broker_id, override_id, kind, starts_at, ends_at)
        select _broker.id, g.override_id, g.kind, _from, max(g.ends_at)
          from gone as g where g.ends_at > _from group by g.override_id, g.kind
        on conflict on constraint override_occurrences_pkey do update
           set ends_at = greatest(o.ends_at, excluded.ends_at);
        perform calendar_private.store_override_occurrences(
            _broker.id, null, greatest(_broker.overrides_until, _from), _until);
        _moved := _moved + 1;
        exit when clock_timestamp() > _since + interval '20 milliseconds';
    end loop;
    return _moved;
end
$$;
comment on function calendar_sync.extend_horizon(integer) is
$$Moves the range for which busy blocks and occurrences of overrides are stored on to 400 days before and after now. Does a portion, so that no booking waits for it: call it again until it returns 0. A calendar or broker that is being written to is moved on by a later call. Without it answers stay correct, but those about later dates get slower.

most: how many calendars and brokers are moved on at most (1 to 10000). Returns how many were.

Errors: 22023 for another number.$$;
grant execute on function calendar_sync.extend_horizon(integer) to calendar_agent;
