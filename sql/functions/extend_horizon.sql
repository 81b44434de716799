create function calendar.extend_horizon() returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _until timestamptz := _now + interval '400 days';
    _from timestamptz := _now - interval '400 days';
    -- Agents call every minute.
    _at_least constant interval := '12 hours';
    _calendar calendar.calendars;
    _broker calendar.brokers;
    _moved integer := 0;
begin
    perform calendar_private.end_behind();
    -- Whoever is being written to now is moved on by the next run.
    for _calendar in
        select c.* from calendar.calendars as c
         where c.blocks_until < _until - _at_least or c.blocks_from < _from - _at_least
         order by c.id
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
    end loop;
    for _broker in
        select b.* from calendar.brokers as b
         where b.overrides_until < _until - _at_least or b.overrides_from < _from - _at_least
         order by b.id
           for no key update skip locked
    loop
        update calendar.brokers as b
           set overrides_from = greatest(b.overrides_from, _from),
               overrides_until = greatest(b.overrides_until, _until)
         where b.id = _broker.id;
        perform calendar_private.refresh_override_occurrences(_broker.id, null);
        _moved := _moved + 1;
    end loop;
    return _moved;
end
$$;
comment on function calendar.extend_horizon() is
$$Extends the time for which busy blocks and override occurrences are stored to 400 days from now, and deletes those older than 400 days. Run it daily, for example by pg_cron or sync-agent; what was extended within 12 hours is skipped. Without it answers stay correct, but those about later dates get slower.

Returns the number of calendars and brokers that were extended.$$;
grant execute on function calendar.extend_horizon() to calendar_agent;
