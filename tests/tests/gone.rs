//! Calendars that are gone at their provider.

use calendar_tests::{Synced, fixture};
use serde_json::{Value, json};

const SLOT: &str = "2026-03-03T15:00Z";
const NEXT: &str = "2026-03-03T15:30Z";

/// A calendar that was pulled, with an event at 15:00.
fn scene() -> Synced {
    let mut synced = Synced::new(&[]);
    synced.at("2026-03-02T12:00:00Z");
    synced.pull_events(&json!([{"external_event_id": "e", "starts_at": SLOT, "ends_at": NEXT}]));
    synced
}

/// A pull that fails; gives whether it counts as a failure.
fn fail(synced: &mut Synced, is_missing: &str) -> bool {
    let lease = synced.begin_pull();
    let fail = format!(
        "select calendar_sync.fail_pull($1::text::uuid, 'not found', null, {is_missing}) is not null"
    );
    synced.agent.query_one(&fail, &[&lease]).unwrap().get(0)
}

fn is_offered(synced: &mut Synced) -> bool {
    fixture::slots(&mut synced.admin, synced.broker, SLOT, NEXT).unwrap().len() == 1
}

fn problem(synced: &mut Synced) -> Option<String> {
    synced.admin.query_one("select problem from calendar.sync_health", &[]).unwrap().get(0)
}

#[test]
fn a_calendar_that_is_missing_twice_running_takes_no_more_time() {
    let mut synced = scene();
    let booking = synced.book_and_push("2026-03-04T15:00Z", "b");
    assert!(fail(&mut synced, "true"));
    assert!(!is_offered(&mut synced));
    assert!(!fail(&mut synced, "true"), "gone, it fails no round");
    assert!(is_offered(&mut synced));
    assert_eq!(problem(&mut synced).as_deref(), Some("the calendar is gone at the provider"));
    assert_eq!(
        synced.booking(&booking, "status, problem"),
        "confirmed its calendar is gone at the provider"
    );
    assert!(!fail(&mut synced, "true"));
    assert!(synced.lease("calendar_sync.begin_round()").is_empty(), "it is looked for hourly");
    synced.at("2026-03-02T13:01:00Z");
    let leased = synced.lease("calendar_sync.begin_round()");
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0]["sync_token"], Value::Null);
}

#[test]
fn twice_running_means_that_nothing_else_came_in_between() {
    for between in ["false", "finish"] {
        let mut synced = scene();
        assert!(fail(&mut synced, "true"));
        if between == "finish" {
            synced.pull(&[], &json!({"nothing_new": true}));
        } else {
            assert!(fail(&mut synced, between));
        }
        assert!(fail(&mut synced, "true"), "{between}");
        assert!(!is_offered(&mut synced));
        // An attempt before a write belongs to the same round.
        assert!(fail(&mut synced, "null"));
        assert!(!is_offered(&mut synced));
        assert!(!fail(&mut synced, "true"));
    }
}

#[test]
fn one_that_is_there_again_takes_its_time_again() {
    for again in ["pulled", "listed"] {
        let mut synced = scene();
        let booking = synced.book_and_push("2026-03-04T15:00Z", "b");
        fail(&mut synced, "true");
        fail(&mut synced, "true");
        assert!(is_offered(&mut synced));
        if again == "pulled" {
            synced.pull(&[], &json!({"nothing_new": true}));
        } else {
            let list = json!([{"external_calendar_id": "main", "is_writable": true}]);
            let register = "select calendar_sync.register_calendars($1, $2)";
            synced.agent.execute(register, &[&synced.account, &list]).unwrap();
        }
        assert!(!is_offered(&mut synced), "{again}");
        assert_eq!(synced.booking(&booking, "status, problem"), "confirmed");
    }
}
