create function calendar_private.is_free(leased_until timestamptz) returns boolean
    language sql stable
begin atomic
    select leased_until is null or leased_until <= calendar_private.current_instant();
end;
comment on function calendar_private.is_free(timestamptz) is
    'Whether a lease that lasts until this instant has ended; true for null, which means that there is no lease';
