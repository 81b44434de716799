create function calendar_private.take_turn(subject text, most integer, per interval) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _limit calendar.rate_limits;
begin
    insert into calendar.rate_limits as l (subject, since, used)
    values (subject, _now, 1)
    on conflict on constraint rate_limits_pkey do update
       set since = case when l.since > _now - per then l.since else _now end,
           used = case when l.since > _now - per then l.used + 1 else 1 end
    returning * into _limit;
    if _limit.used > most then
        perform calendar_private.raise_rate_limited(_limit.since + per - _now);
    end if;
end
$$;
comment on function calendar_private.take_turn(text, integer, interval) is
    'Counts a use by a subject, and raises PT429 where it is one more than may be made within a time. A use that is rolled back does not count; see count_attempt for those that must.';
