create function calendar_private.end_of_slot(
    slot_start timestamptz,
    slot_end timestamptz,
    duration_minutes integer
) returns timestamptz
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if duration_minutes not between 1 and 1440 then
        raise exception 'duration_minutes must be from 1 to 1440, not %', duration_minutes using errcode = '22023';
    elsif duration_minutes is null then
        return slot_end;
    end if;
    -- The sum is out of range for the last instants of all.
    perform calendar_private.check_instant('slot_start', slot_start);
    if slot_end <> slot_start + make_interval(mins => duration_minutes) then
        raise exception 'duration_minutes must be the minutes from slot_start to slot_end, or null, not %', duration_minutes
            using errcode = '22023';
    end if;
    return coalesce(slot_end, slot_start + make_interval(mins => duration_minutes));
end
$$;
comment on function calendar_private.end_of_slot(timestamptz, timestamptz, integer) is
    'The end of a slot that is given by its end, its length or both; null where it is given by neither. Raises 22023 where they disagree.';
