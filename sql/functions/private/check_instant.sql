create function calendar_private.check_instant(argument text, value timestamptz) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if value is null then
        raise exception '% must not be null', argument using errcode = '22023';
    elsif value < '0001-01-01 00:00:00+00' or value >= '9999-12-31 00:00:00+00' then
        raise exception '% must be a finite instant within years 1 to 9999, not %', argument, value
            using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_instant(text, timestamptz) is
    'Raises 22023 for an instant that is null or that nothing here can reckon with; names the argument';
