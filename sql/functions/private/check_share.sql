create function calendar_private.check_share(under_way uuid[], max_per_account integer) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if under_way is null or cardinality(under_way) > 10000 or array_position(under_way, null) is not null then
        raise exception 'under_way must be at most 10000 ids of accounts' using errcode = '22023';
    elsif max_per_account is null or max_per_account not between 1 and 1000 then
        raise exception 'max_per_account must be 1 to 1000' using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_share(uuid[], integer) is
    'Raises 22023 where a caller does not say which accounts it is working on, or how many leases of one account it may have';
