create function calendar_private.are_durations(value integer[]) returns boolean
    language sql immutable
begin atomic
    select coalesce(array_ndims(value), 0) = 1
       and (select count(*) between 1 and 20 and count(*) = count(distinct d.minutes)
                   and min(d.minutes) >= 1 and max(d.minutes) <= 1440
              from unnest(value) as d (minutes));
end;
comment on function calendar_private.are_durations(integer[]) is
    'Whether an array has 1 to 20 different lengths of slots, each from 1 to 1440 minutes';
