//! Many deadlines, and callers at once.

use crate::support::{NOW, call, finish, many, only, scene, upsert};
use postgres::Client;
use serde_json::json;
use std::time::Instant;

/// How many entries of the indexes of what is open were read so far.
fn read(client: &mut Client) -> i64 {
    // What it has read itself must not be counted later.
    client.batch_execute("select pg_stat_force_next_flush()").unwrap();
    let count = "select sum(idx_tup_read)::bigint from pg_stat_user_indexes where indexrelname in ('outbox_open_idx', 'outbox_bookings_idx', 'outbox_obligations_idx')";
    client.query_one(count, &[]).unwrap().get(0)
}

#[test]
fn five_thousand_are_stored_at_once_and_hide_no_booking() {
    let mut synced = scene();
    let broker = synced.broker;
    let list = many(5000);
    let since = Instant::now();
    let counts = call(&mut synced.admin, &format!("upsert_obligations('{broker}', '{list}')"));
    println!("5,000 deadlines in one call: {:?}", since.elapsed());
    assert_eq!(counts, json!({"created": 5000, "updated": 0, "unchanged": 0}));
    assert_eq!(synced.open(), 5000);
    let since = Instant::now();
    let counts = call(&mut synced.admin, &format!("upsert_obligations('{broker}', '{list}')"));
    println!("the same again: {:?}", since.elapsed());
    assert_eq!(counts["unchanged"], 5000);
    synced.admin.batch_execute("analyze").unwrap();
    let mut times: Vec<_> = (0..200)
        .map(|i| {
            let since = Instant::now();
            upsert(&mut synced, &format!("k{i:05}"), "'Changed', '2026-06-30'");
            since.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "one change while 5,000 wait: median {:?}, 99 of 100 within {:?}",
        times[100], times[197]
    );
    assert_eq!(synced.open(), 5000, "what waits is not queued twice");

    // A booking is found without a look at those that wait.
    let booking = synced.book("2026-03-03T15:00:00Z");
    let flush = "select pg_stat_force_next_flush()";
    synced.agent.batch_execute(flush).unwrap();
    let before = read(&mut synced.admin);
    let lease =
        "select coalesce(booking_id, obligation_id)::text from calendar_sync.lease_pushes(1)";
    let leased: String = synced.agent.query_one(lease, &[]).unwrap().get(0);
    assert_eq!(leased, booking);
    synced.agent.batch_execute(flush).unwrap();
    let entries = read(&mut synced.admin) - before;
    assert!(entries <= 10, "{entries} entries were read");
    // Nor are all deadlines read for a few.
    let before = read(&mut synced.admin);
    assert_eq!(synced.pushes().len(), 10);
    synced.agent.batch_execute(flush).unwrap();
    let entries = read(&mut synced.admin) - before;
    assert!(entries <= 500, "{entries} entries were read");
}

#[test]
fn what_waits_is_not_leased_before_its_change_is_committed() {
    let mut synced = scene();
    let broker = synced.broker;
    upsert(&mut synced, "q", "'before', '2026-04-30'");
    let mut other = synced.db.connect();
    other.batch_execute(&format!("set calendar.now = '{NOW}'")).unwrap();
    let mut change = other.transaction().unwrap();
    change
        .batch_execute(&format!(
            "select calendar.upsert_obligation('{broker}', 'q', 'after', '2026-04-30')"
        ))
        .unwrap();
    assert!(synced.pushes().is_empty());
    change.commit().unwrap();
    let push = only(&mut synced);
    assert_eq!(push["event"]["title"], "after");
    finish(&mut synced, &push);
    assert_eq!(synced.open(), 0);
}

#[test]
fn agents_are_woken_once_by_a_transaction() {
    let mut synced = scene();
    let broker = synced.broker;
    synced.agent.batch_execute("reset role; listen calendar_outbox").unwrap();
    let list = many(50);
    let mut change = synced.admin.transaction().unwrap();
    for _ in 0..3 {
        let save = format!("select calendar.upsert_obligations('{broker}', '{list}')");
        change.batch_execute(&save.replace("Deadline", "D")).unwrap();
    }
    change.commit().unwrap();
    synced.agent.batch_execute("select 1").unwrap();
    assert_eq!(synced.agent.notifications().len(), 1);
}
