create function calendar_private.check_public_length(
    broker calendar.brokers,
    durations integer[],
    length interval
) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _longest integer := greatest(
        broker.longest_public_slot_minutes, broker.slot_duration_minutes,
        (select max(d.minutes) from unnest(durations) as d (minutes)));
begin
    if length > make_interval(mins => _longest) then
        raise exception 'slot_end must lie at most % minutes after slot_start for public callers of this broker',
            _longest using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_public_length(calendar.brokers, integer[], interval) is
    'Raises 22023 for a slot that is too long for public callers, of a meeting type with these durations in minutes (null = none)';
