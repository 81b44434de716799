//! What the extension refuses to be installed on, and what cannot get into it.

use calendar_tests::answer::{message, refused};
use calendar_tests::{Cluster, Database};
use postgres::{Client, Error};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// A server without the extension's roles, for one test at a time: roles are the
/// cluster's, and a transaction that has created one locks out all others.
fn bare() -> MutexGuard<'static, Cluster> {
    static BARE: LazyLock<Mutex<Cluster>> = LazyLock::new(|| Mutex::new(Cluster::bare(&[])));
    BARE.lock().unwrap_or_else(PoisonError::into_inner)
}

const CREATE: &str = "create extension calendar_ext cascade";

/// Creates the extension after `before` was run as superuser, and undoes both.
fn create_after(client: &mut Client, before: &str) -> Result<(), Error> {
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute(before).unwrap_or_else(|e| panic!("{before}: {e:?}"));
    transaction.batch_execute("reset role").unwrap();
    let result = transaction.batch_execute(CREATE);
    transaction.rollback().unwrap();
    result
}

/// Asserts that the extension is refused after `before`, for this reason, and that
/// it is not once the hint was followed, as far as the hint is a statement.
#[track_caller]
fn refuses(client: &mut Client, before: &str, state: &str, words: &str) {
    let error = refused(create_after(client, before), state, words);
    let hint = error.as_db_error().unwrap().hint().unwrap_or_else(|| panic!("{before}: no hint"));
    assert!(message(&error).is_ascii() && hint.ends_with(|c: char| c != ' '), "{hint}");
    if let Some((_, remedy)) = hint.split_once("irst run: ") {
        let healed = create_after(client, &format!("{before}; reset role; {remedy}"));
        healed.unwrap_or_else(|e| panic!("{before}; {remedy}: {e:?}"));
    }
}

#[test]
fn a_schema_that_another_role_has_made_is_refused() {
    let cluster = bare();
    let db = cluster.empty_database();
    let mut client = db.connect();
    let mallory = "create role mallory; ";
    for schema in ["calendar", "calendar_sync", "calendar_private"] {
        let made = format!("{mallory} create schema {schema} authorization mallory");
        let words = format!("schema {schema} belongs to mallory, which is not a superuser");
        refuses(&mut client, &made, "42501", &words);
        // With all that it takes to become the superuser who creates the extension.
        for object in [
            "create function S.steal(text, uuid) returns text language sql return 'x';
             create operator S.|| (function = S.steal, leftarg = text, rightarg = uuid)",
            "create function S.current_setting(text) returns text language sql return 'off'",
            "create domain S.uuid as text",
            "create table S.brokers (id uuid)",
            "create type S.mood as enum ('well')",
            "create collation S.mine from \"C\"",
        ] {
            let object = object.replace("S.", &format!("{schema}."));
            let armed = format!("{made}; set role mallory; {object}");
            refused(create_after(&mut client, &armed), "42501", &words);
            // Nor does it help to give the schema to a superuser afterwards.
            let given = format!(
                "{made}; set role mallory; {object}; reset role; alter schema {schema} owner to postgres"
            );
            let words = format!("schema {schema} is not empty");
            let error = refused(create_after(&mut client, &given), "42710", &words);
            let detail = error.as_db_error().unwrap().detail().unwrap_or_default().to_owned();
            assert!(detail.starts_with("It contains: "), "{detail}");
        }
        for who in ["mallory", "public"] {
            let open = format!(
                "{mallory} create schema {schema}; grant create on schema {schema} to {who}"
            );
            let words = format!(
                "schema {schema} is open to roles that are not superusers and may create objects in it: {who}"
            );
            refuses(&mut client, &open, "42501", &words);
        }
        let defaults = format!(
            "create schema {schema}; alter default privileges in schema {schema} grant execute on functions to public"
        );
        refused(create_after(&mut client, &defaults), "42710", "is not empty");
        // One that a superuser has made, such as pg_restore, will do.
        create_after(&mut client, &format!("create schema {schema}")).unwrap();
        let other =
            format!("create role boss superuser; create schema {schema} authorization boss");
        create_after(&mut client, &other).unwrap();
    }
    create_after(&mut client, "").unwrap();
}

#[test]
fn roles_that_exist_with_more_than_their_due_are_refused() {
    let cluster = bare();
    let db = cluster.empty_database();
    let mut client = db.connect();
    for role in ["calendar_definer", "calendar_hooks", "calendar_service", "calendar_agent"] {
        for attribute in ["superuser", "createrole", "createdb", "replication", "bypassrls"] {
            let words = format!(
                "role {role} exists and has attributes that it must not have: {}",
                attribute.to_uppercase()
            );
            refuses(&mut client, &format!("create role {role} {attribute}"), "42501", &words);
        }
        let two = format!("create role {role} createrole bypassrls");
        refuses(&mut client, &two, "42501", "CREATEROLE, BYPASSRLS");
        let mighty = format!("create role mallory superuser; create role {role} in role mallory");
        refuses(&mut client, &mighty, "42501", "is a member of other roles: mallory");
        create_after(&mut client, &format!("create role {role}")).unwrap();
        let boss = format!("create role boss superuser; create role {role} role boss");
        create_after(&mut client, &boss).unwrap();
    }

    let definer = "create role mallory; create role calendar_definer";
    refuses(&mut client, &format!("{definer} login"), "42501", "must not have: LOGIN");
    for member in ["role mallory", "admin mallory"] {
        let words = "role calendar_definer exists and has members that are not superusers: mallory";
        refuses(&mut client, &format!("{definer} {member}"), "42501", words);
    }
    refuses(&mut client, &format!("{definer} in role mallory"), "42501", "other roles: mallory");
    // What a former member has left behind.
    let left = "create role mallory; create role calendar_definer;
         grant create on schema public to calendar_definer; set role calendar_definer;
         create function public.door() returns int language sql security definer return 1";
    let error = refused(create_after(&mut client, left), "42501", "owns objects in this database");
    assert_eq!(error.as_db_error().unwrap().detail(), Some("It owns: function public.door()."));
    refuses(&mut client, left, "42501", "owns objects in this database");

    for role in ["calendar_service", "calendar_agent"] {
        let words = format!(
            "role {role} exists and can be granted by roles that are not superusers: mallory"
        );
        let granting = format!("create role mallory; create role {role} admin mallory");
        refuses(&mut client, &granting, "42501", &words);
        // They are there to be granted, and may log in.
        let granted = format!("create role n8n login; create role {role} login role n8n");
        create_after(&mut client, &granted).unwrap();
    }
}

#[test]
fn a_database_that_is_not_in_utf8_is_refused() {
    let cluster = bare();
    for encoding in ["LATIN1", "SQL_ASCII", "EUC_JP"] {
        let name = encoding.to_lowercase();
        let create =
            format!("create database {name} encoding '{encoding}' locale 'C' template template0");
        cluster.connect("postgres").batch_execute(&create).unwrap();
        let words = format!("calendar_ext needs a database with the encoding UTF8, not {encoding}");
        let error = refused(cluster.connect(&name).batch_execute(CREATE), "0A000", &words);
        assert!(error.as_db_error().unwrap().hint().unwrap().contains("ENCODING 'UTF8'"));
    }
}

#[test]
fn only_a_superuser_can_install_it() {
    let cluster = bare();
    let db = cluster.empty_database();
    let mut client = db.connect();
    let owner = "create role owner_of_all createrole createdb;
         do $$ begin execute format('grant all on database %I to owner_of_all', current_database()); end $$;
         create extension btree_gist; set role owner_of_all";
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute(owner).unwrap();
    refused(
        transaction.batch_execute("create extension calendar_ext"),
        "42501",
        "permission denied",
    );
}

/// Functions and operators that fit better than PostgreSQL's own, in the schema of
/// `btree_gist` (which CREATE EXTENSION puts into the path) and in `public`.
#[test]
fn nothing_in_it_resolves_in_another_roles_schema() {
    let cluster = bare();
    let db = cluster.empty_database();
    let mut client = db.connect();
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute(
            "create role mallory;
             create schema gist authorization mallory;
             create extension btree_gist schema gist;
             grant create on schema public to mallory;
             set role mallory;
             do $$
             declare
                 _schema text;
                 _kinds text[];
             begin
                 foreach _schema in array array['gist', 'public'] loop
                     for _kinds in
                         select array[l.kind, r.kind]
                           from unnest('{text,uuid,integer,bigint,jsonb,timestamptz,interval,date,\"char\",name,numeric}'::text[]) as l (kind),
                                unnest('{text,uuid,integer,bigint,jsonb,timestamptz,interval,date,\"char\",name,numeric,double precision}'::text[]) as r (kind)
                     loop
                         execute format('create function %I.steal(%s, %s) returns boolean language sql return true', _schema, _kinds[1], _kinds[2]);
                         execute format('create function %I.least(%s, %s) returns boolean language sql return true', _schema, _kinds[1], _kinds[2]);
                         execute format(
                             'create operator %1$I.= (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.<> (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.< (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.<= (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.|| (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.+ (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.- (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s);
                              create operator %1$I.* (function = %1$I.steal, leftarg = %2$s, rightarg = %3$s)',
                             _schema, _kinds[1], _kinds[2]);
                     end loop;
                 end loop;
             end
             $$;
             create function gist.current_setting(unknown text) returns text language sql return 'off';
             create function gist.lower(text) returns text language sql return 'x';
             create function public.sha256(text) returns bytea language sql return null::pg_catalog.bytea;
             create domain gist.uuid as text; create domain public.timestamptz as text;
             create table public.pg_roles (rolname text); create table gist.pg_timezone_names (name text);
             create type gist.booking as (id uuid);
             reset role;
             set search_path = public, gist;
             create extension calendar_ext;",
        )
        .unwrap();
    // Nothing of the extension depends on anything that is not PostgreSQL's, its own or btree_gist's.
    let strangers: Vec<String> = transaction
        .query(
            "with recursive members as (
                 select d.classid, d.objid from pg_depend as d join pg_extension as e on e.oid = d.refobjid
                  where e.extname = 'calendar_ext' and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
             ), parts as (
                 select m.classid, m.objid from members as m
                 union
                 -- Constraints, defaults, policies, triggers, rules and indexes belong to their tables.
                 select d.classid, d.objid from pg_depend as d
                   join parts as p on p.classid = d.refclassid and p.objid = d.refobjid
                  where d.deptype in ('a', 'i')
             )
             select distinct pg_describe_object(d.classid, d.objid, d.objsubid) || ': '
                             || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
               from parts as p
               join pg_depend as d on d.classid = p.classid and d.objid = p.objid
              cross join pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) as o
              where coalesce(o.schema, '') in ('gist', 'public')
                and not exists (select from pg_depend as g join pg_extension as e on e.oid = g.refobjid
                                 where g.refclassid = 'pg_extension'::regclass and e.extname = 'btree_gist'
                                   and g.classid = d.refclassid and g.objid = d.refobjid)",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(strangers, [""; 0]);
    // The same path hides nothing from its functions when they are called.
    let broker = "insert into calendar.brokers (name, timezone) values ('Ada', 'Europe/Berlin') returning id::text";
    let broker: String = transaction.query_one(broker, &[]).unwrap().get(0);
    let call = format!(
        "set local calendar.now = '2026-03-02T14:00:00Z';
         select calendar.book_calendar_slot('{broker}', '2026-03-03T15:00Z', lead_id => 'l', idempotency_key => 'k');
         select calendar.export_ics('{broker}', '2026-03-01', '2026-04-01');
         select * from calendar.sync_health; select * from calendar.upcoming_bookings;
         select * from calendar.booking_funnel;"
    );
    transaction.batch_execute(&call).unwrap();
    transaction.rollback().unwrap();
}

/// A body that is kept as text resolves its names when it runs.
#[test]
fn every_body_that_is_kept_as_text_has_a_path_of_its_own() {
    let db = Database::new();
    let unpinned: Vec<String> = db
        .connect()
        .query(
            "select p.oid::regprocedure::text
               from pg_proc as p join pg_language as l on l.oid = p.prolang
              where p.pronamespace in (select n.oid from pg_namespace as n where n.nspname like 'calendar%')
                and l.lanname not in ('c', 'internal') and p.prosqlbody is null
                and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(unpinned, [""; 0]);
}
