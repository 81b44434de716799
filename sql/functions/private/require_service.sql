create function calendar_private.require_service() returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not calendar_private.serves_all() then
        raise exception 'only calendar_service and operators may do this' using errcode = '42501';
    end if;
end
$$;
comment on function calendar_private.require_service() is
    'Raises 42501 for a caller that may not do everything for every broker';
