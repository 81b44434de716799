create function calendar_private.count_attempt(subject text, most integer, per interval) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- Minutes are stored modulo 2^26, which is 127 years.
    _seconds numeric := extract(epoch from calendar_private.current_instant());
    _minute bigint := floor(_seconds / 60)::bigint & 67108863;
    _per bigint := ceil(extract(epoch from per) / 60);
    _hash bigint := hashtextextended(subject, 0);
    _tag bigint := _hash & 2097151;
    _first_cell integer := ((_hash >> 32) & 15) * 4;
    _is_locked boolean := false;
    _cell record;
    _value bigint;
begin
    if subject is null then
        return;
    end if;
    loop
        -- The subject's cell, or else the one that loses least when it is given to the subject.
        select s.name, v.value, v.value & 65535 as used, a.minutes as age,
               a.minutes < _per as is_live, a.minutes < _per and v.value >> 42 = _tag as is_own
          into _cell
          from generate_series(_first_cell, _first_cell + 3) as n (cell)
         cross join lateral (values (('calendar_private.attempts_' || n.cell)::regclass)) as s (name)
         cross join lateral (values (coalesce(pg_sequence_last_value(s.name), 0))) as v (value)
         cross join lateral (values ((_minute - ((v.value >> 16) & 67108863)) & 67108863)) as a (minutes)
         order by is_own desc, is_live, used
         limit 1;
        if _cell.is_own and _cell.used >= most then
            perform calendar_private.raise_rate_limited(make_interval(
                secs => ((_per - _cell.age) * 60 - _seconds % 60)::double precision));
        elsif _cell.is_own then
            _value := nextval(_cell.name);
            -- Otherwise another subject was given the cell meanwhile.
            if _value >> 16 = _cell.value >> 16 then
                if _value & 65535 > most then
                    continue;
                end if;
                return;
            end if;
        elsif _is_locked then
            perform setval(_cell.name, (_tag << 42) | (_minute << 16) | 1);
            return;
        else
            -- Two first attempts of one subject at the same time are two.
            perform pg_advisory_xact_lock(hashtext('calendar_private.count_attempt'), _tag::integer);
            _is_locked := true;
        end if;
    end loop;
end
$$;
comment on function calendar_private.count_attempt(text, integer, interval) is
    'Counts an attempt by a subject, such as an address (null = unknown, not counted), and raises PT429 where it is one more than may be made within a time. The count is kept in sequences, because it must survive when the attempt is rolled back. most: at most 50000. See calendar_private.attempts_0.';
