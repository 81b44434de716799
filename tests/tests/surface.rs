//! What the extension consists of.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Cluster, Database, fixture, reference};
use postgres::Client;
use std::fs;
use std::path::Path;

/// One member of the extension a line.
const MEMBERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/surface.txt");

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// `CALENDAR_TEST_BLESS=1` writes the list anew: what it then differs in is what
/// an upgrade script has to bring about.
#[test]
fn the_members_of_the_extension_are_those_of_the_list() {
    let db = Database::new();
    let members = texts(
        &mut db.connect(),
        // Releases differ in which of their own types they name with a schema.
        "select concat_ws(' ', o.type, replace(o.identity, 'pg_catalog.', ''))
                || coalesce(' returns ' || pg_get_function_result(p.oid), '')
           from pg_depend as d
           join pg_extension as e on e.oid = d.refobjid and e.extname = 'calendar_ext'
          cross join pg_identify_object(d.classid, d.objid, d.objsubid) as o
           left join pg_proc as p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
           left join pg_type as t on d.classid = 'pg_type'::regclass and t.oid = d.objid
          where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
            -- Row and array types come with what they belong to; newer servers list them too.
            and (t.oid is null or t.typtype = 'd' or exists (
                     select from pg_class as c where c.oid = t.typrelid and c.relkind = 'c'))
          order by 1",
    )
    .join("\n");
    if std::env::var_os("CALENDAR_TEST_BLESS").is_some() {
        fs::write(MEMBERS, format!("{members}\n")).unwrap();
    }
    let listed = fs::read_to_string(MEMBERS).unwrap();
    let missing: Vec<_> =
        listed.lines().filter(|line| !members.lines().any(|m| m == *line)).collect();
    let new: Vec<_> = members.lines().filter(|line| !listed.lines().any(|l| l == *line)).collect();
    assert!(missing.is_empty() && new.is_empty(), "missing {missing:#?} new {new:#?}");
}

/// `CALENDAR_TEST_BLESS=1` writes them again.
#[test]
fn the_reference_pages_say_what_the_comments_say() {
    let db = Database::new();
    let mut client = db.connect();
    for (page, expected) in [
        ("functions", reference::functions(&mut client)),
        ("tables", reference::tables(&mut client)),
    ] {
        let path = format!("{}/../docs/reference/{page}.md", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("CALENDAR_TEST_BLESS").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        let different =
            found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
        assert!(found == expected, "docs/reference/{page}.md is out of date: {different:?}");
    }
}

/// Errors that callers handle by their names are in the list of errors.
#[test]
fn every_error_with_a_name_is_documented() {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sql = Vec::new();
    for folder in ["functions", "tables", "views"] {
        sources(&root.join("sql").join(folder), &mut sql);
    }
    let listed = fs::read_to_string(root.join("docs/errors.md")).unwrap();
    let mut names: Vec<&str> = sql
        .iter()
        .flat_map(|text| text.split("raise exception '").skip(1))
        .filter_map(|rest| rest.split_once('\'').map(|(name, _)| name))
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 10, "{names:?}");
    names.retain(|name| !listed.contains(&format!("`{name}`")));
    assert_eq!(names, [""; 0], "missing in docs/errors.md");
    // The states, too.
    let states =
        sql.iter().flat_map(|text| text.split("errcode = '").skip(1)).map(|rest| &rest[..5]);
    // PostgREST's own way to set a header makes PT429 of it.
    let states = states.filter(|state| *state != "PGRST");
    let mut states: Vec<&str> =
        states.filter(|state| !listed.contains(&format!("`{state}`"))).collect();
    states.sort_unstable();
    states.dedup();
    assert_eq!(states, [""; 0], "missing in docs/errors.md");
}

#[test]
fn every_table_column_function_domain_and_schema_has_a_comment() {
    let db = Database::new();
    let silent = texts(
        &mut db.connect(),
        "with objects as (
             select 'pg_class'::regclass as classoid, c.oid, a.attnum::int as sub,
                    concat_ws('.', c.oid::regclass, a.attname) as name
               from pg_class as c
               join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'p', 'v', 'c')
             union all
             select 'pg_class'::regclass, c.oid, 0, c.oid::regclass::text from pg_class as c
              where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'p', 'v')
             union all
             select 'pg_proc'::regclass, p.oid, 0, p.oid::regprocedure::text from pg_proc as p
              where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)
             union all
             select 'pg_type'::regclass, t.oid, 0, t.oid::regtype::text from pg_type as t
              where t.typnamespace = 'calendar'::regnamespace
                and (t.typtype in ('d', 'e') or exists (
                    select from pg_class as c where c.oid = t.typrelid and c.relkind = 'c'))
             union all
             select 'pg_namespace'::regclass, n.oid, 0, n.nspname from pg_namespace as n
              where n.nspname in ('calendar', 'calendar_sync', 'calendar_private')
             union all
             select 'pg_extension'::regclass, e.oid, 0, e.extname from pg_extension as e
              where e.extname = 'calendar_ext'
         )
         select o.name from objects as o
          where not exists (select from pg_description as d
                             where d.classoid = o.classoid and d.objoid = o.oid and d.objsubid = o.sub
                               and length(d.description) > 2)
          order by 1",
    );
    assert_eq!(silent, [""; 0]);
}

/// An argument is explained by "name: …", alone or after others ("first, last: …"),
/// and where its type has a unit or a zone, the explanation says which, or names the
/// function that takes it alike.
#[test]
fn every_argument_of_a_callers_function_is_explained() {
    let db = Database::new();
    let unexplained = texts(
        &mut db.connect(),
        r"with arguments as (
             select p.proname, a.name, format_type(t.oid, null) as type,
                    substring(obj_description(p.oid)
                        from '\m' || a.name || '\M(?:, \w+| \([^)]*\))*: ((?:[^.]|\.\S)*)') as explanation
               from pg_proc as p
              cross join unnest(p.proargnames[1:p.pronargs], p.proargtypes::oid[]) as a (name, type)
               join pg_type as t on t.oid = a.type
              where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace) and a.name <> ''
         ), units (type, words) as (
             values ('timestamp with time zone', '\minstants?\M'),
                    ('date', '\mzone\M'),
                    ('interval', '\m(how long|time|age|ago|since|minutes|days?)\M'),
                    ('integer', '\d|\m(minutes|seconds|days|at most|number|order)\M'),
                    ('integer[]', '\d'),
                    ('bigint', '\m(number|version)\M')
         )
         select format('%s: %s: %s', proname, name, coalesce(explanation, 'not explained'))
           from arguments left join units using (type)
          where explanation is null or explanation !~ coalesce(words || '|\mas \w+ takes\M', '')
          order by 1",
    );
    assert_eq!(unexplained, [""; 0]);
}

#[test]
fn every_table_and_sequence_that_lasts_is_dumped() {
    let db = Database::new();
    let forgotten = texts(
        &mut db.connect(),
        "select c.oid::regclass::text
           from pg_class as c, pg_extension as e
          where e.extname = 'calendar_ext' and c.relkind in ('r', 'p', 'S') and c.relpersistence = 'p'
            and c.relnamespace in ('calendar'::regnamespace, 'calendar_private'::regnamespace)
            and not exists (select from unnest(e.extconfig, e.extcondition) as m (marked, condition)
                             where m.marked = c.oid and m.condition = '')",
    );
    assert_eq!(forgotten, [""; 0]);
}

#[test]
fn the_columns_of_the_contract_are_there() {
    let db = Database::new();
    let mut client = db.connect();
    for (table, columns) in [
        (
            "brokers",
            "id user_id external_id name email phone timezone slot_duration_minutes
             slot_increment_minutes buffer_before_minutes buffer_after_minutes
             minimum_notice_minutes booking_horizon_days max_bookings_per_day booking_enabled
             requires_confirmation public_booking",
        ),
        ("accounts", "id broker_id provider status"),
        (
            "calendars",
            "id account_id broker_id external_calendar_id display_name timezone is_primary
             blocks_availability tentative_blocks all_day_blocks sync_past_days sync_future_days",
        ),
        (
            "events",
            "id calendar_id external_event_id recurrence_id title starts_at ends_at is_all_day
             status transparency recurrence timezone etag booking_id provider_updated_at
             last_seen_at raw",
        ),
        ("busy_blocks", "broker_id calendar_id event_id starts_at ends_at"),
        (
            "working_hours",
            "broker_id weekday start_local end_local valid_from valid_until is_active",
        ),
        ("availability_overrides", "broker_id kind starts_at ends_at rrule reason created_by"),
        (
            "bookings",
            "id broker_id calendar_id lead_id lead_name lead_email lead_phone lead_timezone title
             notes slot_start slot_end buffer_before_minutes buffer_after_minutes status
             hold_expires_at created_by idempotency_key provider_event_id meeting_link cancel_reason",
        ),
        ("sync_state", ""),
        ("sync_logs", ""),
        ("outbox", ""),
        ("event_mappings", ""),
        (
            "obligations",
            "id broker_id external_id title notes url due_on due_at duration_minutes reminder_minutes status",
        ),
        (
            "obligation_mappings",
            "obligation_id calendar_id external_event_id etag pushed_sequence problem",
        ),
        ("failure_logs", ""),
        ("audit_log", ""),
    ] {
        let columns: Vec<_> = columns.split_whitespace().collect();
        let query = format!("select {} from calendar.{table}", columns.join(", "));
        client.query(&query, &[]).unwrap_or_else(|e| panic!("{table}: {e:?}"));
    }
    let defaults = "insert into calendar.brokers (name, timezone) values ('Ada', 'UTC')
                    returning concat_ws(' ', slot_duration_minutes,
                        coalesce(slot_increment_minutes, -1), buffer_before_minutes,
                        buffer_after_minutes, minimum_notice_minutes, booking_horizon_days,
                        coalesce(max_bookings_per_day, -1), booking_enabled,
                        requires_confirmation, public_booking)";
    assert_eq!(texts(&mut client, defaults), ["30 -1 0 0 0 60 -1 t f f"]);
    let defaults = "insert into calendar.calendars (broker_id, timezone) select id, 'UTC' from calendar.brokers
                    returning concat_ws(' ', is_primary, blocks_availability, tentative_blocks,
                        all_day_blocks, sync_past_days, coalesce(sync_future_days, -1))";
    assert_eq!(texts(&mut client, defaults), ["f t t t 1 -1"]);
}

/// Supabase loads `safeupdate`, which refuses an UPDATE or DELETE without WHERE.
#[test]
fn no_function_updates_or_deletes_without_a_condition() {
    let db = Database::new();
    let bodies = texts(
        &mut db.connect(),
        "select p.proname || ': ' || p.prosrc from pg_proc as p
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)",
    );
    let mut found = 0;
    for body in bodies {
        for statement in body.to_lowercase().split(';') {
            let writes = statement.contains("delete from calendar.")
                || statement.split("update calendar.").count() > 1;
            if writes {
                found += 1;
                assert!(statement.contains("where"), "{statement}");
            }
        }
    }
    assert!(found > 10);
}

#[test]
fn it_can_be_dropped_and_created_again() {
    let db = Database::new();
    let mut client = db.connect();
    fixture::broker(&mut client, &[]);
    client.batch_execute("drop extension calendar_ext").unwrap();
    let left =
        "select oid::regclass::text from pg_class where relnamespace = 'calendar'::regnamespace";
    assert_eq!(texts(&mut client, left), [""; 0]);
    client.batch_execute("create extension calendar_ext").unwrap();
    let broker = fixture::broker(&mut client, &[("public_booking", "true")]);
    let mut anon = db.connect_as(Caller::Anon);
    fixture::slots(&mut anon, broker, "2026-03-03", "2026-03-04").unwrap();
}

#[test]
fn it_installs_where_the_roles_of_supabase_are_absent_and_grants_when_they_come() {
    let cluster = Cluster::start(&[]);
    let mut client = cluster.connect("postgres");
    client.batch_execute("drop database pattern").unwrap();
    client.batch_execute("drop role authenticator, anon, authenticated, service_role").unwrap();
    client.batch_execute("create database plain").unwrap();
    let mut client = cluster.connect("plain");
    client.batch_execute("create extension calendar_ext cascade").unwrap();
    client.batch_execute("set calendar.now = '2026-03-02T14:00:00Z'").unwrap();
    let broker = fixture::broker(&mut client, &[("public_booking", "true")]);
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    client.batch_execute("create role n8n; grant calendar_service to n8n; set role n8n").unwrap();
    fixture::book(&mut client, broker, "2026-03-03T16:00Z").unwrap();
    client.batch_execute("reset role; create role anon").unwrap();
    client.batch_execute("set role anon").unwrap();
    refused(fixture::slots(&mut client, broker, "2026-03-03", "2026-03-04"), "42501", "calendar");
    client.batch_execute("reset role").unwrap();
    let granted: Vec<String> =
        client.query_one("select calendar.grant_api_roles()", &[]).unwrap().get(0);
    assert_eq!(granted, ["anon"]);
    client.batch_execute("set role anon").unwrap();
    let slots = fixture::slots(&mut client, broker, "2026-03-03", "2026-03-04").unwrap();
    assert_eq!(slots.len(), 14);
}
