create function calendar_private.require_owner_or_service(broker_id uuid) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if broker_id is null then
        perform calendar_private.require_service();
    else
        perform calendar_private.require_broker(broker_id, 'owner');
    end if;
end
$$;
comment on function calendar_private.require_owner_or_service(uuid) is
    'Raises PT404 or 42501 for a caller that may not act for this broker as its owner; where it is null, 42501 for one that may not do everything for every broker';
