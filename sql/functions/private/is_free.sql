create function calendar_private.is_free(leased_until timestamptz) returns boolean
    language sql stable
begin atomic
    select leased_until is null or leased_until <= calendar_private.current_instant();
end;
comment on function calendar_private.is_free(timestamptz) is
    'Whether nobody holds a lease that lasts until this instant (null: there is none)';
