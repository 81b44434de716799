create function calendar_private.moves_that_fit(broker_id uuid, bookings uuid[], slots tstzrange[]) returns uuid[]
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _moving uuid[] := bookings;
    _staying uuid[];
begin
    loop
        -- Those whose time is that of a booking that does not move.
        _staying := array(
            select w.id
              from unnest(bookings, slots) as w (id, slot)
             where w.id = any (_moving)
               and exists (select from calendar.bookings as b
                            where b.broker_id = moves_that_fit.broker_id
                              and b.status in ('pending', 'confirmed')
                              and tstzrange(b.slot_start, b.slot_end) && w.slot
                              and b.id <> all (_moving)));
        if _staying = '{}' then
            -- Of those that would meet each other, one stays: rather one that makes room for no other,
            -- rather a later one.
            _staying := array(
                select w.id
                  from unnest(bookings, slots) with ordinality as w (id, slot, at)
                  join calendar.bookings as b on b.id = w.id
                 where w.id = any (_moving)
                   and exists (select from unnest(bookings, slots) as v (id, slot)
                                where v.id = any (_moving) and v.id <> w.id and v.slot && w.slot)
                 order by exists (select from unnest(bookings, slots) as v (id, slot)
                                   where v.id = any (_moving) and v.id <> w.id
                                     and v.slot && tstzrange(b.slot_start, b.slot_end)),
                          w.at desc
                 limit 1);
        end if;
        exit when _staying = '{}';
        _moving := array(select m.id from unnest(_moving) as m (id) where m.id <> all (_staying));
    end loop;
    return _moving;
end
$$;
comment on function calendar_private.moves_that_fit(uuid, uuid[], tstzrange[]) is
    'Which of a broker''s bookings can move to these times together, so that a swap works; the others would meet a booking that stays';
