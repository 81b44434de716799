create function calendar_private.check_lease(name text, number integer, lease_for interval) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if number is null or number not between 1 and 1000 then
        raise exception '% must be 1 to 1000', name using errcode = '22023';
    elsif lease_for is null or lease_for not between interval '1 second' and interval '1 day' then
        raise exception 'lease_for must be 1 second to 1 day' using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_lease(text, integer, interval) is
    'Raises 22023 for terms on which nothing can be leased: how many (the argument is called so), and for how long';
