create function calendar_private.backoff(failures integer, first interval, at_least interval) returns interval
    language sql volatile
begin atomic
    select greatest(
        coalesce(at_least, '0'),
        least(first * power(2, least(failures, 12) - 1), interval '1 hour')
            * (0.9 + pg_catalog.random() / 10));
end;
comment on function calendar_private.backoff(integer, interval, interval) is
    'How long to wait after so many failures in a row: twice as long each time, from "first" up to an hour, and a tenth of it by chance, so that agents do not come all at once; at_least: as the provider asked';
