-- CREATE EXTENSION puts the extension's schema before all others, and what is in the schemas of
-- that path may be another role's. Here all names resolve in pg_catalog, or say their schema.
set local search_path = pg_catalog, pg_temp;

-- Roles belong to the cluster: they may exist already, and the script of another database may be
-- about to create them.
lock table pg_catalog.pg_authid in share row exclusive mode;

do $$
declare
    _schema record;
    _role record;
    _found text;
begin
    if getdatabaseencoding() <> 'UTF8' then
        raise exception 'calendar_ext needs a database with the encoding UTF8, not %', getdatabaseencoding()
            using errcode = '0A000',
                hint = 'Create the database with: CREATE DATABASE name ENCODING ''UTF8'' TEMPLATE template0';
    end if;

    -- A role that owns a schema, or may create objects in it, can put functions and operators in the
    -- way of the extension's own.
    for _schema in
        select n.oid, n.nspname as name, n.nspowner as owner_id, n.nspacl as acl, o.rolname as owner,
               o.rolsuper as is_safe
          from pg_namespace as n
          join pg_roles as o on o.oid = n.nspowner
         where n.nspname in ('calendar', 'calendar_sync', 'calendar_private')
    loop
        if not _schema.is_safe then
            raise exception 'schema % belongs to %, which is not a superuser', _schema.name, quote_ident(_schema.owner)
                using errcode = '42501',
                    hint = format('Drop the schema, and CREATE EXTENSION creates it; or first run: ALTER SCHEMA %s OWNER TO %I',
                                  _schema.name, current_user);
        end if;
        select string_agg(distinct coalesce(quote_ident(r.rolname), 'public'), ', ') into _found
          from aclexplode(_schema.acl) as a
          left join pg_roles as r on r.oid = a.grantee
         where a.privilege_type = 'CREATE' and a.grantee <> _schema.owner_id and r.rolsuper is not true;
        if _found is not null then
            raise exception 'schema % is open to roles that are not superusers and may create objects in it: %',
                _schema.name, _found
                using errcode = '42501',
                    hint = format('First run: REVOKE CREATE ON SCHEMA %s FROM %s', _schema.name, _found);
        end if;
        select string_agg(f.name, ', ') into _found
          from (select pg_describe_object(d.classid, d.objid, 0) as name
                  from pg_depend as d
                 where d.refclassid = 'pg_namespace'::regclass and d.refobjid = _schema.oid
                   and d.classid <> 'pg_extension'::regclass
                 order by 1
                 limit 5) as f;
        if _found is not null then
            raise exception 'schema % is not empty', _schema.name
                using errcode = '42710', detail = format('It contains: %s.', _found),
                    hint = 'Move its objects to another schema, or drop them, and create the extension again.';
        end if;
    end loop;

    for _role in
        select r.oid, r.rolname as name, r.rolname in ('calendar_definer', 'calendar_hooks') as is_definer,
               array_remove(array[
                   case when r.rolsuper then 'SUPERUSER' end,
                   case when r.rolcreaterole then 'CREATEROLE' end,
                   case when r.rolcreatedb then 'CREATEDB' end,
                   case when r.rolreplication then 'REPLICATION' end,
                   case when r.rolbypassrls then 'BYPASSRLS' end,
                   case when r.rolcanlogin and r.rolname in ('calendar_definer', 'calendar_hooks') then 'LOGIN' end], null) as attributes
          from pg_roles as r
         where r.rolname in ('calendar_definer', 'calendar_hooks', 'calendar_service', 'calendar_agent', 'calendar_reader')
    loop
        if _role.attributes <> '{}' then
            raise exception 'role % exists and has attributes that it must not have: %',
                _role.name, array_to_string(_role.attributes, ', ')
                using errcode = '42501',
                    hint = format('First run: ALTER ROLE %s NO%s', _role.name, array_to_string(_role.attributes, ' NO'));
        end if;
        -- The definer owns the functions, and calendar_hooks one: their members could replace them. The others are
        -- there to be granted, but a role that may grant them lets in whom it likes.
        select string_agg(distinct quote_ident(r.rolname), ', ') into _found
          from pg_auth_members as m
          join pg_roles as r on r.oid = m.member
         where m.roleid = _role.oid and not r.rolsuper and (_role.is_definer or m.admin_option);
        if _found is not null then
            raise exception 'role % exists and % that are not superusers: %', _role.name,
                case when _role.is_definer then 'has members' else 'can be granted by roles' end, _found
                using errcode = '42501',
                    hint = format('First run: REVOKE %s%s FROM %s',
                                  case when not _role.is_definer then 'ADMIN OPTION FOR ' end, _role.name, _found);
        end if;
        select string_agg(quote_ident(r.rolname), ', ' order by r.rolname) into _found
          from pg_roles as r
         where r.oid <> _role.oid
           and (r.rolsuper and pg_has_role(_role.oid, r.oid, 'member')
                or _role.is_definer
                   and exists (select from pg_auth_members as m where m.member = _role.oid and m.roleid = r.oid));
        if _found is not null then
            raise exception 'role % exists and is a member of other roles: %', _role.name, _found
                using errcode = '42501',
                    hint = format('First run: REVOKE %s FROM %s', _found, _role.name);
        end if;
        -- A former member can have left functions behind that run with the definer's rights.
        select string_agg(f.name, ', ') into _found
          from (select pg_describe_object(d.classid, d.objid, d.objsubid) as name
                  from pg_shdepend as d
                  join pg_database as b on b.oid = d.dbid and b.datname = current_database()
                 where _role.is_definer and d.deptype = 'o'
                   and d.refclassid = 'pg_authid'::regclass and d.refobjid = _role.oid
                 order by 1
                 limit 5) as f;
        if _found is not null then
            raise exception 'role % exists and owns objects in this database', _role.name
                using errcode = '42501', detail = format('It owns: %s.', _found),
                    hint = format('Drop them, or first run: REASSIGN OWNED BY %s TO %I', _role.name, current_user);
        end if;
    end loop;

    -- They hold nothing; the extension's own take their place.
    drop schema if exists calendar_sync;
    drop schema if exists calendar_private;
end
$$;
