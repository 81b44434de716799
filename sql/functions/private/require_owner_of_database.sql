create function calendar_private.require_owner_of_database() returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
           select from pg_roles as r
            where r.rolname = calendar_private.caller_name()
              and (r.rolsuper
                   or pg_has_role(r.oid, (select d.datdba from pg_database as d where d.datname = current_database()), 'usage'))) then
        raise exception 'only a superuser and the owner of the database may do this' using errcode = '42501';
    end if;
end
$$;
comment on function calendar_private.require_owner_of_database() is
    'Raises 42501 for a session whose role is neither a superuser nor the owner of the database';
