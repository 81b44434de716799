//! Logical replication, as Supabase Realtime and replicas use it: every table can be published.

use calendar_tests::{Caller, Cluster, Population, fixture};
use postgres::Client;
use serde_json::json;
use std::thread::sleep;
use std::time::Duration;

/// The rows of every table that is to last, as ordered texts.
fn rows(client: &mut Client) -> Vec<(String, Vec<String>)> {
    let tables = client
        .query(
            "select c.relname::text from pg_class as c
              where c.relnamespace = 'calendar'::regnamespace and c.relkind = 'r' and c.relpersistence = 'p'
              order by 1",
            &[],
        )
        .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let name: String = table.get(0);
        let select = format!("select r::text from calendar.{name} as r order by 1");
        all.push((
            name,
            client.query(&select, &[]).unwrap().iter().map(|row| row.get(0)).collect(),
        ));
    }
    all
}

/// Waits until two databases hold the same rows.
#[track_caller]
fn arrives(cluster: &Cluster, from: &mut Client, to: &mut Client) {
    let wanted = rows(from);
    for _ in 0..600 {
        if rows(to) == wanted {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    for (wanted, there) in wanted.iter().zip(&rows(to)) {
        assert_eq!(wanted, there, "{}", cluster.log());
    }
    panic!("it arrives late");
}

#[test]
fn what_is_there_and_what_changes_arrives_at_a_subscriber() {
    let cluster = Cluster::start(&[("wal_level", "logical")]);
    let (publisher, subscriber) = (cluster.database(), cluster.database());
    let population = Population::of(&publisher);
    let (mut from, mut to) = (publisher.connect(), subscriber.connect());
    from.batch_execute("create publication everything for all tables").unwrap();
    from.batch_execute("select pg_create_logical_replication_slot('everything', 'pgoutput')")
        .unwrap();
    // Within one cluster a subscription cannot make its own slot.
    let subscribe = format!(
        "create subscription everything connection '{}' publication everything
         with (create_slot = false, slot_name = 'everything')",
        publisher.url()
    );
    to.batch_execute(&subscribe).unwrap();
    arrives(&cluster, &mut from, &mut to);
    let calendar = population.calendar;
    let batch = json!({"events": [
        {"external_event_id": "moved", "starts_at": "2026-03-06T15:00:00Z", "ends_at": "2026-03-06T16:00:00Z"},
        {"external_event_id": "tentative", "starts_at": "2026-03-06T17:00:00Z", "ends_at": "2026-03-06T18:00:00Z"},
    ]});
    fixture::apply_sync(&mut from, calendar, &batch).unwrap();
    fixture::event(&mut from, calendar, "moved", "2026-03-06T15:30:00Z", "2026-03-06T16:00:00Z");
    fixture::apply_sync(&mut from, calendar, &json!({"deleted": ["tentative"]})).unwrap();
    let mut service = publisher.connect_as(Caller::Service);
    let cancel = "select calendar.cancel_booking($1)";
    service.execute(cancel, &[&population.booking]).unwrap();
    service
        .batch_execute(
            "update calendar.availability_overrides set starts_at = starts_at - interval '1 hour' where kind = 'block';
             delete from calendar.availability_overrides where kind = 'open'",
        )
        .unwrap();
    arrives(&cluster, &mut from, &mut to);
    // So that the databases can be dropped.
    to.batch_execute("drop subscription everything").unwrap();
}

#[test]
fn overlapping_occurrences_of_an_override_are_stored_once() {
    let db = calendar_tests::Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    // Two days long, every day: their pieces begin at the same instants.
    let insert = "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
                  values ($1, 'block', '2026-03-03T15:00Z', '2026-03-05T17:00Z', 'FREQ=DAILY;COUNT=5')";
    client.execute(insert, &[&broker]).unwrap();
    let row = client
        .query_one(
            "select count(*), range_agg(tstzrange(starts_at, ends_at))::text from calendar.override_occurrences",
            &[],
        )
        .unwrap();
    assert_eq!(row.get::<_, String>(1), r#"{["2026-03-03 15:00:00+00","2026-03-09 16:00:00+00")}"#);
}
