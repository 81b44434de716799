create function calendar_private.check_provider(provider text) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if provider is null or provider not in ('google', 'microsoft', 'caldav', 'ics', 'ghl') then
        raise exception 'provider must be google, microsoft, caldav, ics or ghl, not %', calendar_private.quoted(provider)
            using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_provider(text) is
    'Raises 22023 for anything but the name of a provider';
