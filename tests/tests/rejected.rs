//! Events that could not be understood, and how they are shown.

use calendar_tests::{Synced, fixture};
use serde_json::{Value, json};

/// What the health report says: how many were rejected, and what is wrong.
fn health(synced: &mut Synced) -> (i64, Option<String>) {
    let query = "select rejected, problem from calendar.sync_health";
    let row = synced.admin.query_one(query, &[]).unwrap();
    (row.get(0), row.get(1))
}

fn good(id: &str) -> Value {
    json!({"external_event_id": id, "starts_at": "2026-03-03T15:00Z", "ends_at": "2026-03-03T16:00Z"})
}

/// One that has no start.
fn bad(id: &str) -> Value {
    json!({"external_event_id": id})
}

fn pull(synced: &mut Synced, page: &Value, is_full: bool) {
    synced.pull(std::slice::from_ref(page), &json!({"sync_token": "t", "full": is_full}));
}

#[test]
fn they_are_shown_until_they_are_understood_or_gone() {
    let mut synced = Synced::new(&[]);
    synced.at("2026-03-02T12:00:00Z");
    pull(&mut synced, &json!({"events": [good("a"), bad("b"), bad("c")]}), true);
    let (count, problem) = health(&mut synced);
    let problem = problem.unwrap();
    assert_eq!(count, 2);
    assert!(
        problem.starts_with(
            "2 events could not be understood, so their time may be offered; one of them: b: "
        ),
        "{problem}"
    );
    // What brings nothing of them changes nothing.
    pull(&mut synced, &json!({"events": [good("d")], "deleted": ["a"]}), false);
    assert_eq!(health(&mut synced).0, 2);
    synced.pull(&[], &json!({"nothing_new": true}));
    assert_eq!(health(&mut synced).0, 2);
    // Once more, and one understood.
    pull(&mut synced, &json!({"events": [good("b"), bad("c")]}), false);
    let (count, problem) = health(&mut synced);
    assert_eq!(count, 1);
    let problem = problem.unwrap();
    assert!(problem.starts_with("1 event could not be understood, so its time"), "{problem}");
    pull(
        &mut synced,
        &json!({"deleted": [{"external_event_id": "c", "recurrence_id": "2026-03-03"}]}),
        false,
    );
    assert_eq!(health(&mut synced).0, 1, "an occurrence of it is gone");
    pull(&mut synced, &json!({"deleted": ["c"]}), false);
    assert_eq!(health(&mut synced), (0, None));
}

#[test]
fn a_full_pull_replaces_them() {
    let mut synced = Synced::new(&[]);
    synced.at("2026-03-02T12:00:00Z");
    pull(&mut synced, &json!({"events": [good("a"), bad("b")]}), true);
    let page = json!({"events": [good("a")], "rejected": [{"external_event_id": null, "reason": "not JSON"}]});
    pull(&mut synced, &page, true);
    let (count, problem) = health(&mut synced);
    assert_eq!(count, 1);
    assert!(problem.unwrap().ends_with(": not JSON"));
    pull(&mut synced, &json!({"events": [good("a")]}), true);
    assert_eq!(health(&mut synced), (0, None));
}

#[test]
fn a_full_pull_logs_what_is_rejected_again_only_if_the_reason_is_another() {
    let mut synced = Synced::new(&[]);
    synced.at("2026-03-02T12:00:00Z");
    let logged =
        "select concat_ws(' ', external_event_id, reason) from calendar.failure_logs order by id";
    let page = |reason: &str| json!({"events": [bad("b")], "rejected": [{"external_event_id": null, "reason": reason}]});
    pull(&mut synced, &page("not JSON"), true);
    let first = synced.texts(logged);
    assert_eq!(first.len(), 2, "{first:?}");
    pull(&mut synced, &page("not JSON"), true);
    assert_eq!(synced.texts(logged), first);
    pull(&mut synced, &page("half of it"), true);
    let last = synced.texts(logged);
    assert_eq!(last[..2], first);
    assert_eq!(last[2..], ["half of it"]);
    assert_eq!(health(&mut synced).0, 2);
    // It has been understood meanwhile.
    pull(&mut synced, &json!({"events": [good("b")]}), true);
    pull(&mut synced, &json!({"events": [bad("b")]}), true);
    assert_eq!(synced.texts(logged).len(), 4);
}

#[test]
fn what_was_repaired_counts_as_understood() {
    let mut synced = Synced::new(&[]);
    synced.at("2026-03-02T12:00:00Z");
    let mut event = good("a");
    event["repairs"] = json!(["the end was missing"]);
    pull(&mut synced, &json!({"events": [event]}), true);
    assert_eq!(health(&mut synced), (0, None));
}

#[test]
fn those_of_a_local_calendar_are_returned_and_not_kept() {
    let mut synced = Synced::new(&[]);
    let broker = synced.broker;
    let local = fixture::calendar(&mut synced.admin, broker, &[("is_primary", "false")]);
    let batch = json!({"events": [bad("b")]});
    let answer = fixture::apply_sync(&mut synced.admin, local, &batch).unwrap();
    assert_eq!(answer["rejected"].as_array().map(Vec::len), Some(1));
    let count = "select count(*)::text from calendar.rejected_events";
    assert_eq!(synced.texts(count), ["0"]);
}
