//! Backups: what `pg_dump` takes, `pg_restore` gives back.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Cluster, Database, Population, Snapshot, fixture};
use postgres::Client;
use std::sync::LazyLock;
use uuid::Uuid;

/// A database with rows in every table, and a role of the house's own that reads
/// bookings.
struct Source {
    db: Database<'static>,
    population: Population,
}

static SOURCE: LazyLock<Source> = LazyLock::new(|| {
    let db = Database::new();
    let population = Population::of(&db);
    db.connect()
        .batch_execute(
            "create role reporting; grant usage on schema calendar to reporting;
             grant select on calendar.bookings to reporting;
             create role backup login bypassrls; grant pg_read_all_data to backup",
        )
        .unwrap();
    Source { db, population }
});

/// Another server. Roles are not part of a dump. Those of the extension come with
/// it; the others an administrator makes first, by hand as here or by
/// `pg_dumpall --roles-only`.
static TARGET: LazyLock<Cluster> = LazyLock::new(|| {
    let cluster = Cluster::bare(&[]);
    cluster
        .connect("postgres")
        .batch_execute(
            "create role anon; create role authenticated; create role service_role bypassrls;
             create role reporting",
        )
        .unwrap();
    cluster
});

/// Dumps the source as a user; gives the file.
fn dump(user: &str, options: &[&str]) -> String {
    let cluster = SOURCE.db.cluster();
    let file = format!("{user}{}.dump", options.concat());
    let url = cluster.url_as(user, SOURCE.db.name());
    cluster.run("pg_dump", &[options, &["--file", &file, &url]].concat());
    cluster.directory().join(file).display().to_string()
}

fn restore(db: &Database<'_>, options: &[&str], file: &str) {
    let url = db.url();
    let target = ["--exit-on-error", "--dbname", &url, file];
    db.cluster().run("pg_restore", &[options, &target].concat());
}

fn source() -> (Client, Population) {
    (SOURCE.db.connect(), SOURCE.population)
}

fn slots_and_busy(client: &mut Client, broker: Uuid) -> Vec<String> {
    let times = client.query(
        "select s::text from calendar.get_available_slots($1) as s
         union all
         select b::text from calendar.get_busy($1, '2026-01-01Z', '2026-12-31Z') as b",
        &[&broker],
    );
    times.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The restored database holds the same and is as alive as the first.
fn assert_restored(db: &Database<'_>) {
    let (mut first, population) = source();
    let mut client = db.connect();
    Snapshot::of(&mut first).assert_same(&Snapshot::of(&mut client));
    for broker in [population.broker, population.other] {
        let times = slots_and_busy(&mut client, broker);
        assert!(times.len() > 20, "{times:?}");
        assert_eq!(times, slots_and_busy(&mut first, broker));
    }
    assert_functions_work(&mut client, population);
    assert_wrong_rows_are_refused(&mut client, population);
    assert_rows_are_guarded(db, population);
}

fn assert_functions_work(client: &mut Client, population: Population) {
    let broker = population.broker;
    let last = "select max(id) from calendar.outbox";
    let before: i64 = client.query_one(last, &[]).unwrap().get(0);
    let free = &fixture::slots(client, broker, "2026-03-16", "2026-03-20").unwrap()[0];
    let booked = fixture::book(client, broker, free).unwrap();
    let after: i64 = client.query_one(last, &[]).unwrap().get(0);
    assert_eq!(after, before + 1, "the sequence goes on");
    let audit = "select count(*) from calendar.audit_log where row_id = $1::text::uuid";
    let id = booked["id"].as_str().unwrap();
    assert_eq!(client.query_one(audit, &[&id]).unwrap().get::<_, i64>(0), 1);
    let moved = format!("reschedule_booking('{}', '2026-03-14T18:00Z')", population.booking);
    let moved = fixture::call(client, &moved).unwrap();
    assert_eq!(fixture::stored(client, &moved)["sequence"], 2);
    let same_key =
        format!("book_calendar_slot('{broker}', '2026-03-18Z', idempotency_key => 'key')");
    refused(fixture::call(client, &same_key), "PT422", "idempotency_key_reused");

    fixture::event(
        client,
        population.calendar,
        "new",
        "2026-03-17T14:00:00Z",
        "2026-03-17T15:00:00Z",
    );
    let error = fixture::book(client, broker, "2026-03-17T14:00Z");
    refused(error, "PT409", "slot_unavailable");
    let blocks = "select count(*) from calendar.busy_blocks as b
                    join calendar.events as e on e.id = b.event_id
                   where e.external_event_id = 'new'";
    assert_eq!(client.query_one(blocks, &[]).unwrap().get::<_, i64>(0), 1);
}

fn assert_wrong_rows_are_refused(client: &mut Client, population: Population) {
    let Population { broker, other, booking, .. } = population;
    let wrong = [
        ("23P01", format!("insert into calendar.bookings (broker_id, slot_start, slot_end, status)
            select broker_id, slot_start, slot_end, status from calendar.bookings where id = '{booking}'")),
        ("23514", format!("update calendar.brokers set timezone = 'Mars/Olympus' where id = '{broker}'")),
        ("23505", format!("update calendar.calendars set is_primary = true;
            insert into calendar.calendars (broker_id, timezone, is_primary) values ('{broker}', 'UTC', true)")),
        ("23503", format!("insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at)
            values ('{other}', 'x', now(), now())")),
    ];
    for (state, statement) in wrong {
        refused(client.batch_execute(&statement), state, "");
    }
}

fn assert_rows_are_guarded(db: &Database<'_>, population: Population) {
    let brokers = "select count(*) from calendar.brokers";
    let mut owner = db.connect_as(Caller::User(population.user));
    assert_eq!(owner.query_one(brokers, &[]).unwrap().get::<_, i64>(0), 1);
    let mut stranger = db.connect_as(Caller::User(population.other));
    assert_eq!(stranger.query_one(brokers, &[]).unwrap().get::<_, i64>(0), 0);
    let mut anon = db.connect_as(Caller::Anon);
    refused(anon.query(brokers, &[]), "42501", "permission denied");
    let mine = anon.query("select * from calendar.get_available_slots($1)", &[&population.broker]);
    refused(mine, "PT404", "broker_not_found");
    let public = anon.query("select * from calendar.get_available_slots($1)", &[&population.other]);
    assert!(!public.unwrap().is_empty());
    let mut agent = db.connect_as(Caller::Agent);
    agent.query("select calendar_sync.extend_horizon()", &[]).unwrap();
}

#[test]
fn a_dump_restores_into_an_empty_database_of_another_server() {
    let db = TARGET.empty_database();
    restore(&db, &[], &dump("postgres", &["--format=custom"]));
    assert_restored(&db);
    let granted = "select has_table_privilege('reporting', 'calendar.bookings', 'select')";
    assert!(db.connect().query_one(granted, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn a_dump_as_sql_restores() {
    let db = TARGET.empty_database();
    let file = dump("postgres", &["--format=plain"]);
    let arguments = ["--quiet", "--set=ON_ERROR_STOP=1", "--dbname", &db.url(), "--file", &file];
    db.cluster().run("psql", &arguments);
    assert_restored(&db);
}

#[test]
fn the_rows_alone_restore_into_a_new_extension() {
    let db = TARGET.empty_database();
    db.connect().batch_execute("create extension calendar_ext cascade").unwrap();
    restore(&db, &[], &dump("postgres", &["--format=custom", "--data-only"]));
    assert_restored(&db);
}

#[test]
fn several_jobs_may_restore_where_foreign_keys_are_not_checked_meanwhile() {
    // pg_restore does not know in which order the tables of an extension refer to
    // each other; one job takes them in the order of the dump, which is right.
    let db = TARGET.empty_database();
    let file = dump("postgres", &["--format=custom", "--compress=1"]);
    let url = format!("{}?options=-csession_replication_role%3Dreplica", db.url());
    db.cluster().run("pg_restore", &["--exit-on-error", "--jobs=4", "--dbname", &url, &file]);
    assert_restored(&db);
}

#[test]
fn a_role_that_reads_everything_may_dump() {
    let db = TARGET.empty_database();
    restore(&db, &[], &dump("backup", &["--format=custom"]));
    assert_restored(&db);
}

#[test]
fn whoever_restores_may_be_the_new_owner() {
    let mut admin = SOURCE.db.connect();
    admin.batch_execute("create role landlord superuser login").unwrap();
    let cluster = SOURCE.db.cluster();
    let owned = cluster.empty_database();
    let mut landlord = cluster.connect_as("landlord", owned.name());
    landlord.batch_execute("create extension calendar_ext cascade").unwrap();
    let population = Population::of(&owned);
    let file = cluster.directory().join("owned.dump").display().to_string();
    let url = cluster.url_as("landlord", owned.name());
    cluster.run("pg_dump", &["--format=custom", "--file", &file, &url]);
    let db = TARGET.empty_database();
    restore(&db, &["--no-owner"], &file);
    Snapshot::of(&mut landlord).assert_same(&Snapshot::of(&mut db.connect()));
    assert_functions_work(&mut db.connect(), population);
    assert_rows_are_guarded(&db, population);
}

#[test]
fn roles_that_come_later_are_granted_what_they_need() {
    let cluster = Cluster::bare(&[]);
    let db = cluster.empty_database();
    cluster.connect("postgres").batch_execute("create role reporting").unwrap();
    restore(&db, &[], &dump("postgres", &["--format=custom"]));
    let mut client = db.connect();
    Snapshot::of(&mut source().0).assert_same(&Snapshot::of(&mut client));
    client
        .batch_execute(
            "create role anon; create role authenticated; create role service_role bypassrls;
             select calendar.grant_api_roles()",
        )
        .unwrap();
    assert_restored(&db);
}
