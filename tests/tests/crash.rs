//! A server that dies in the middle of its work.

use calendar_tests::{Caller, Cluster, fixture, random};
use postgres::{Client, Error};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use uuid::Uuid;

/// How many events a batch has.
const BATCH: usize = 20;

/// The answer, or `None` where the server has gone.
fn unless_gone(answer: Result<Value, Error>) -> Option<Value> {
    match answer {
        Ok(answer) => Some(answer),
        Err(error) if error.as_db_error().is_none() => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// Books, moves and cancels until the server has gone, each time at a later minute.
/// Gives every booking as the last answer about it said.
fn write_bookings(mut client: Client, broker: Uuid, done: &AtomicUsize) -> BTreeMap<String, Value> {
    let mut known = BTreeMap::new();
    let last: i64 = client
        .query_one("select count(*) from calendar.bookings where broker_id = $1", &[&broker])
        .unwrap()
        .get(0);
    for n in (2 * last..).step_by(2) {
        let minute = |n: i64| format!("timestamptz '2026-04-01Z' + interval '{n} minutes'");
        let times = format!("{}, {}", minute(n), minute(n + 1));
        let book = format!("book_calendar_slot('{broker}', {times}, outside_hours => true)");
        let Some(booking) = unless_gone(fixture::call(&mut client, &book)) else { break };
        let id = booking["id"].as_str().unwrap().to_owned();
        let change = match n % 6 {
            0 => None,
            2 => Some(format!("cancel_booking('{id}')")),
            _ => Some(format!("reschedule_booking('{id}', {})", minute(n + 1))),
        };
        known.insert(id.clone(), booking);
        if let Some(change) = change {
            let Some(booking) = unless_gone(fixture::call(&mut client, &change)) else {
                // Whether it came about is unknown.
                known.remove(&id);
                break;
            };
            known.insert(id, booking);
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
    known
}

/// Writes batches of events until the server has gone; gives how many landed.
fn write_events(mut client: Client, calendar: Uuid, round: usize) -> i64 {
    for n in 0.. {
        let event = |k| {
            json!({"external_event_id": format!("{round}-{n}-{k}"),
                "starts_at": "2026-03-03T15:00:00Z", "ends_at": "2026-03-03T16:00:00Z"})
        };
        let events: Vec<_> = (0..BATCH).map(event).collect();
        let batch = json!({"events": events});
        if unless_gone(fixture::apply_sync(&mut client, calendar, &batch)).is_none() {
            return n;
        }
    }
    unreachable!("the server goes")
}

/// Counts rows.
fn count(client: &mut Client, rows: &str) -> i64 {
    client.query_one(&format!("select count(*) from {rows}"), &[]).unwrap().get(0)
}

fn assert_nothing_is_half_done(client: &mut Client) {
    let halves = [
        "calendar.bookings as b where (select count(*) from calendar.outbox as o
            where o.booking_id = b.id) <> b.sequence + 1",
        "calendar.bookings as b where (select count(*) from calendar.audit_log as a
            where a.row_id = b.id) <> b.sequence + 1",
        "calendar.audit_log as a where not exists (
            select from calendar.bookings as b where b.id = a.row_id)",
        "calendar.audit_log as a join calendar.bookings as b on b.id = a.row_id
          where (a.new_row ->> 'sequence')::integer = b.sequence and a.new_row <> to_jsonb(b)",
        "calendar.events as e where (select count(*) from calendar.busy_blocks as k
            where k.event_id = e.id) <> 1",
        "calendar.sync_logs where created <> 20",
    ];
    for half in halves {
        assert_eq!(count(client, half), 0, "{half}");
    }
    let batches = count(client, "calendar.sync_logs");
    assert_eq!(count(client, "calendar.events"), batches * i64::try_from(BATCH).unwrap());
}

fn find(client: &mut Client, id: &str) -> Option<Value> {
    let bookings =
        "select to_jsonb(calendar_private.shown_booking(b, calendar_private.broker_timezone(b.broker_id)))
           from calendar.bookings as b where b.id = $1::text::uuid";
    client.query_opt(bookings, &[&id]).unwrap().map(|row| row.get(0))
}

#[test]
fn a_crash_loses_nothing_that_was_answered_and_leaves_nothing_half_done() {
    let mut random = random::generator();
    let cluster = Cluster::start(&[("fsync", "on")]);
    let db = cluster.database();
    let mut admin = db.connect();
    let brokers = [(); 4].map(|()| fixture::broker(&mut admin, &[]));
    let calendar = fixture::calendar(&mut admin, brokers[0], &[]);
    let mut batches = 0;
    for round in 0..5 {
        let done = AtomicUsize::new(0);
        let (enough, moment) = (random.usize(40..160), Duration::from_micros(random.u64(..5000)));
        let known = thread::scope(|scope| {
            let client = || db.connect_as(Caller::Service);
            let events = client();
            let events = scope.spawn(move || write_events(events, calendar, round));
            let writers: Vec<_> = brokers
                .iter()
                .map(|&broker| {
                    let (client, done) = (client(), &done);
                    scope.spawn(move || write_bookings(client, broker, done))
                })
                .collect();
            while done.load(Ordering::Relaxed) < enough
                && !writers.iter().any(|writer| writer.is_finished())
            {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(moment);
            cluster.kill();
            batches += events.join().unwrap();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(known.len() >= enough - brokers.len());
        cluster.resume();
        let mut admin = db.connect();
        for (id, booking) in known {
            assert_eq!(find(&mut admin, &id).as_ref(), Some(&booking), "{id}");
        }
        assert_nothing_is_half_done(&mut admin);
        assert!(count(&mut admin, "calendar.sync_logs") >= batches);
    }
    assert!(cluster.log().contains("automatic recovery in progress"));
}
