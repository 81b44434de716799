create function calendar_private.backoff(failures integer, at_least interval) returns interval
    language sql volatile
begin atomic
    select greatest(
        coalesce(at_least, '0'),
        least(interval '30 seconds' * power(2, least(failures, 12) - 1), interval '1 hour')
            * (0.5 + pg_catalog.random() / 2));
end;
comment on function calendar_private.backoff(integer, interval) is
    'How long to wait after so many failures in a row: twice as long each time, from 30 seconds up to an hour, and half of it by chance, so that agents do not come all at once; at_least: as the provider asked';
