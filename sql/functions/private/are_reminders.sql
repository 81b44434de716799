create function calendar_private.are_reminders(value integer[], shortest integer default 10) returns boolean
    language sql immutable
begin atomic
    select coalesce(array_ndims(value), 0) <= 1
       and (select count(*) <= 5 and count(*) = count(distinct m.minutes)
                   and coalesce(min(m.minutes), shortest) >= shortest and coalesce(max(m.minutes), shortest) <= 40320
              from unnest(value) as m (minutes));
end;
comment on function calendar_private.are_reminders(integer[], integer) is
    'Whether an array has at most 5 different numbers of minutes, each from "shortest" to 40320 (four weeks)';
