create function calendar_private.revise_booking() returns trigger
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- The functions, which run as calendar_definer, look first whether the time is free.
    if new.status <> old.status and new.status in ('held', 'pending', 'confirmed')
       and not pg_has_role('calendar_definer', 'usage') then
        raise exception 'status must be cancelled, completed, no_show or failed, unless a function such as confirm_booking changes it'
            using errcode = '22023';
    end if;
    new.sequence := old.sequence + 1;
    new.reschedules := old.reschedules + ((new.slot_start, new.slot_end) <> (old.slot_start, old.slot_end))::integer;
    return new;
end
$$;
comment on function calendar_private.revise_booking() is
    'Trigger: counts a booking''s changes of time and status, so that calendar programs know the newest invitation, and its moves alone. 22023 where a status that takes time is set by other means than the functions.';
