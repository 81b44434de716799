create function calendar_private.is_quiet(local_time time, quiet_from time, quiet_until time) returns boolean
    language sql immutable
begin atomic
    select case when quiet_from < quiet_until then local_time >= quiet_from and local_time < quiet_until
                when quiet_from > quiet_until then local_time >= quiet_from or local_time < quiet_until
                else false end;
end;
comment on function calendar_private.is_quiet(time, time, time) is
    'Whether a time of day is in quiet hours, which may go over midnight; where they end as they begin, there are none';
