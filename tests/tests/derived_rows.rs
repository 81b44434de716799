//! What is derived stays right while what it is derived from changes in two transactions at once:
//! each takes the row that the other one takes, and is refused where it sees an older state.

use calendar_tests::synced::{finish_push, text};
use calendar_tests::{Caller, Outcome, Synced, answer, beside};
use postgres::Client;
use serde_json::json;

const TEN: &str = "2026-03-03T15:00:00Z";
const HALF_PAST: &str = "2026-03-03T15:30:00Z";

/// Rows that are stored and not derived, or derived and not stored.
const WRONG: &str = "
    with stored as (
        select k.event_id as id, k.starts_at, k.ends_at, count(*) from calendar.busy_blocks as k group by 1, 2, 3
        union all
        select o.override_id, o.starts_at, o.ends_at, count(*) from calendar.override_occurrences as o group by 1, 2, 3
    ), derived as (
        select d.event_id as id, d.starts_at, d.ends_at, count(*)
          from calendar.calendars as c
         cross join lateral calendar_private.derive_blocks(c.id, null, c.blocks_from, c.blocks_until) as d
         group by 1, 2, 3
        union all
        select d.override_id, d.starts_at, d.ends_at, count(*)
          from calendar.brokers as b
         cross join lateral calendar_private.derive_override_occurrences(b.id, null, b.overrides_from, b.overrides_until) as d
         group by 1, 2, 3
    )
    select 'stored alone: ' || s from (table stored except table derived) as s
    union all
    select 'derived alone: ' || d from (table derived except table stored) as d limit 4";

#[track_caller]
fn assert_right(synced: &mut Synced) {
    assert_eq!(synced.texts(WRONG), Vec::<String>::new());
}

/// Two statements at once, either one first: the second waits. Then the same with the second one in a
/// transaction of a stricter level that began before the first: it is refused.
fn in_either_order(prepare: impl Fn() -> (Synced, [String; 2])) {
    for first in [0, 1] {
        let (mut synced, statements) = prepare();
        let mut open = synced.db.connect_as(Caller::Service);
        open.batch_execute(&format!("begin; {}", statements[first])).unwrap();
        let mut second = synced.db.connect_as(Caller::Service);
        let outcome = beside(&synced.db, &mut second, &statements[1 - first], || {
            open.batch_execute("commit").unwrap();
        });
        assert_eq!(outcome, Outcome::AFTERWARDS, "{}", statements[1 - first]);
        assert_right(&mut synced);

        let (mut synced, statements) = prepare();
        let mut old = seeing_the_present(&synced);
        let mut other = synced.db.connect_as(Caller::Service);
        other.batch_execute(&statements[first]).unwrap();
        let error = old.batch_execute(&statements[1 - first]).unwrap_err();
        assert_eq!(answer::sqlstate(&error), "40001", "{}: {error:?}", statements[1 - first]);
        assert_right(&mut synced);
    }
}

/// A transaction that sees, from now on, what there is now.
fn seeing_the_present(synced: &Synced) -> Client {
    let mut client = synced.db.connect_as(Caller::Service);
    client
        .batch_execute("begin isolation level repeatable read; select from calendar.brokers")
        .unwrap();
    client
}

#[test]
fn overrides_beside_a_change_of_the_zone() {
    let insert = |synced: &Synced, time: &str| {
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{}', 'block', '2026-03-03T{time}Z', '2026-03-03T20:00Z', 'RRULE:FREQ=DAILY')",
            synced.broker
        )
    };
    for change in ["insert", "update", "delete"] {
        in_either_order(|| {
            let synced = Synced::new(&[]);
            synced.db.connect().batch_execute(&insert(&synced, "15:00")).unwrap();
            let change = match change {
                "insert" => insert(&synced, "16:00"),
                "update" => {
                    "update calendar.availability_overrides set ends_at = '2026-03-03T21:00Z'"
                        .into()
                }
                _ => "delete from calendar.availability_overrides".into(),
            };
            (synced, [change, "update calendar.brokers set timezone = 'Asia/Tokyo'".into()])
        });
    }
}

#[test]
fn an_override_beside_the_extension_of_the_horizon() {
    for is_first in [true, false] {
        let mut synced = Synced::new(&[]);
        synced.db.set_now("2026-06-01T00:00:00Z");
        let insert = format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{}', 'block', '{TEN}', '{HALF_PAST}', 'RRULE:FREQ=DAILY')",
            synced.broker
        );
        let extend = "select calendar_sync.extend_horizon()".to_owned();
        let [first, second] = if is_first { [insert, extend] } else { [extend, insert] };
        let mut open = synced.db.connect_as(Caller::Service);
        open.batch_execute(&format!("begin; {first}")).unwrap();
        let mut other = synced.db.connect_as(Caller::Service);
        let outcome =
            beside(&synced.db, &mut other, &second, || open.batch_execute("commit").unwrap());
        // Brokers that are being changed are left for the next time.
        assert_eq!(outcome, if is_first { Outcome::AT_ONCE } else { Outcome::AFTERWARDS });
        assert_right(&mut synced);
    }
}

const TENTATIVE: &str = "update calendar.calendars set tentative_blocks = false";

#[test]
fn a_batch_beside_a_change_of_the_policy() {
    in_either_order(|| {
        let synced = Synced::new(&[]);
        let event = json!({"external_event_id": "1", "starts_at": TEN, "ends_at": HALF_PAST, "status": "tentative"});
        let batch = json!({"events": [event]});
        let sync = format!("select calendar.apply_sync('{}', '{batch}')", synced.calendar);
        (synced, [sync, TENTATIVE.to_owned()])
    });
}

#[test]
fn two_batches_with_the_same_event() {
    in_either_order(|| {
        let synced = Synced::new(&[]);
        let batch =
            json!({"events": [{"external_event_id": "1", "starts_at": TEN, "ends_at": HALF_PAST}]});
        let sync = format!("select calendar.apply_sync('{}', '{batch}')", synced.calendar);
        (synced, [sync.clone(), sync])
    });
}

/// A booking whose event is tentative and lasts longer than it.
fn with_a_longer_event() -> (Synced, String) {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.pull_events(&json!([{
        "external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T17:00:00Z", "status": "tentative",
        "recurrence": "RRULE:FREQ=DAILY;COUNT=3", "timezone": "UTC"
    }]));
    (synced, booking)
}

#[test]
fn a_booking_that_ends_beside_a_change_of_the_policy() {
    in_either_order(|| {
        let (synced, booking) = with_a_longer_event();
        let moved =
            format!("select calendar.reschedule_booking('{booking}', '2026-03-05T18:00:00Z')");
        (synced, [moved, TENTATIVE.to_owned()])
    });
}

#[test]
fn the_end_of_a_push_beside_a_change_of_the_policy() {
    for push_is_first in [true, false] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book_and_push(TEN, "e");
        synced.pull_events(&json!([{
            "external_event_id": "e", "starts_at": TEN, "ends_at": HALF_PAST, "status": "tentative"}]));
        let cancel = format!("select calendar.cancel_booking('{booking}')");
        synced.admin.batch_execute(&cancel).unwrap();
        let push = text(&synced.pushes()[0], "lease_id");
        let mut service = synced.db.connect_as(Caller::Service);
        let outcome = if push_is_first {
            synced.agent.batch_execute("begin").unwrap();
            finish_push(&mut synced.agent, &push, "e").unwrap();
            beside(&synced.db, &mut service, TENTATIVE, || {
                synced.agent.batch_execute("commit").unwrap();
            })
        } else {
            service.batch_execute(&format!("begin; {TENTATIVE}")).unwrap();
            let finish = format!("select calendar_sync.finish_push('{push}', 'e', 'v')");
            beside(&synced.db, &mut synced.agent, &finish, || {
                service.batch_execute("commit").unwrap();
            })
        };
        assert_eq!(outcome, Outcome::AFTERWARDS);
        assert_right(&mut synced);
    }
}
