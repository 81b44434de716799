create function calendar_private.check_most(name text, number integer) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if number not between 1 and 1000 then
        raise exception '% must be from 1 to 1000, not %', name, number using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_most(text, integer) is
    'Raises 22023 for an argument that says how many rows are returned at most and is not from 1 to 1000; names it';
