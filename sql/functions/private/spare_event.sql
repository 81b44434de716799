create function calendar_private.spare_event() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings;
    _is_own boolean;
    _first tstzrange;
begin
    select b.* into _booking from calendar.bookings as b where b.id = new.booking_id;
    _is_own := exists (
        select from calendar.event_mappings as m
         where m.calendar_id = new.calendar_id and m.external_event_id = new.external_event_id
           and m.booking_id = new.booking_id);
    if _booking.status in ('pending', 'confirmed', 'completed', 'no_show') then
        new.spared_from := _booking.slot_start;
        new.spared_until := _booking.slot_end;
    elsif _is_own and exists (select from calendar.outbox as o
                               where o.booking_id = new.booking_id and o.done_at is null) then
        -- Of a series, the first occurrence alone will be deleted.
        if new.recurrence is not null or new.recurrence_id is not null then
            _first := calendar_private.first_of_series(
                new.calendar_id, new.external_event_id, new.recurrence, new.recurrence_id, new.starts_at, new.ends_at);
            new.spared_from := lower(_first);
            new.spared_until := upper(_first);
        else
            new.spared_from := '-infinity';
            new.spared_until := 'infinity';
        end if;
    else
        new.spared_from := null;
        new.spared_until := null;
    end if;
    -- One that says something else, or was not there before, is not merely behind.
    if new.behind_from is not null
       and (_is_own or new.booking_id is null or tg_op = 'INSERT'
            -- The answer to our first write was lost: the next one takes this event over.
            or new.calendar_id = _booking.calendar_id and _booking.status in ('pending', 'confirmed')
               and not exists (select from calendar.event_mappings as m where m.booking_id = new.booking_id)
            or new.behind_expires_at <= calendar_private.current_instant()
            or (new.starts_at, new.ends_at, new.start_date, new.end_date, new.status, new.transparency, new.declined,
                new.recurrence, new.recurrence_id, new.recurrence_this_and_future, new.timezone, new.vtimezone,
                new.duration, new.sequence, new.title)
               is distinct from
               (old.starts_at, old.ends_at, old.start_date, old.end_date, old.status, old.transparency, old.declined,
                old.recurrence, old.recurrence_id, old.recurrence_this_and_future, old.timezone, old.vtimezone,
                old.duration, old.sequence, old.title))
    then
        new.behind_from := null;
        new.behind_until := null;
        new.behind_expires_at := null;
    end if;
    return new;
end
$$;
comment on function calendar_private.spare_event() is
    'Trigger: when an event of a booking takes no time. Its own event and copies take none where the booking does; its own event none while its deletion by us is due; a copy none where the booking was before we moved or cancelled it, as long as the copy has not changed, for 24 hours at most. An event in a live booking''s calendar does not count as a copy as long as no own event is known.';
