//! What a pull brings back of deadlines' events.

use crate::support::{call, finish, mappings, only, open, scene, upsert, work};
use calendar_tests::Synced;
use calendar_tests::synced::text;
use serde_json::{Value, json};

/// A deadline that is written, and its event's id.
fn written(synced: &mut Synced) -> String {
    let made = upsert(synced, "q", "'VAT', '2026-03-03'");
    assert_eq!(work(synced), ["write VAT"]);
    // What a pull that began before has seen says nothing.
    synced.at("2026-03-02T14:01:00Z");
    format!("ob-{}@calendar-ext", text(&made, "id"))
}

/// An event that takes the morning of 3 March.
fn event(id: &str) -> Value {
    json!({"external_event_id": id, "title": "VAT", "starts_at": "2026-03-03T15:00:00Z", "ends_at": "2026-03-03T17:00:00Z"})
}

fn events(synced: &mut Synced) -> Vec<String> {
    synced.texts("select external_event_id from calendar.events order by 1")
}

#[test]
fn an_event_of_ours_takes_no_time() {
    let mut synced = scene();
    let id = written(&mut synced);
    let bare = text(&upsert(&mut synced, "q", "'VAT', '2026-03-03'"), "id");
    // Also where the user has made it busy, in another calendar, under an id as Google has it, or of a series.
    let google = format!("ob{}x1_20260303", bare.replace('-', ""));
    let mut series = event(&id);
    series["recurrence"] = json!("RRULE:FREQ=DAILY");
    let says = json!({"external_event_id": "srv1", "booking_id": bare, "starts_at": "2026-03-03T15:00:00Z",
                      "ends_at": "2026-03-03T17:00:00Z"});
    let answer = synced.pull_events(&json!([series, event(&google), says]));
    assert_eq!(answer.get("rejected"), None, "{answer}");
    assert_eq!(events(&mut synced), [""; 0]);
    assert!(synced.busy().is_empty());
    assert_eq!(open(&mut synced), [""; 0], "what the user changes is not followed");
    // One that only looks like it takes time.
    let other = event(&format!("ob-{}@calendar-ext", uuid::Uuid::nil()));
    synced.pull_events(&json!([other]));
    assert_eq!(synced.busy(), ["15:00-17:00"]);
}

#[test]
fn an_event_that_came_before_its_mapping_goes() {
    let mut synced = scene();
    upsert(&mut synced, "q", "'VAT', '2026-03-03'");
    let push = only(&mut synced);
    synced.pull_events(&json!([event("graph-id")]));
    assert_eq!(synced.busy(), ["15:00-17:00"]);
    let finish = "select calendar_sync.finish_push($1::text::uuid, 'graph-id', 'v', written => $2)";
    synced.agent.execute(finish, &[&text(&push, "lease_id"), &push["event"]]).unwrap();
    assert!(synced.busy().is_empty());
    synced.pull_events(&json!([event("graph-id")]));
    assert!(synced.busy().is_empty());
}

#[test]
fn a_deletion_by_the_user_is_respected_until_the_next_change() {
    let deleted = |id: &str| -> Vec<(Value, Value)> {
        let mut cancelled = event(id);
        cancelled["status"] = json!("cancelled");
        let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
        vec![
            (json!({"deleted": [id]}), json!({"sync_token": "t"})),
            (json!({"events": [cancelled]}), json!({"sync_token": "t"})),
            (json!({}), window),
        ]
    };
    for way in 0..3 {
        let mut synced = scene();
        let broker = synced.broker;
        let id = written(&mut synced);
        let (page, outcome) = deleted(&id).remove(way);
        synced.pull(&[page], &outcome);
        assert_eq!(mappings(&mut synced), ["q 0 deleted by the user"], "{way}");
        assert_eq!(open(&mut synced), [""; 0]);
        assert_eq!(call(&mut synced.admin, &format!("sync_obligations('{broker}')"))["queued"], 0);
        upsert(&mut synced, "q", "'VAT', '2026-03-03'");
        assert!(synced.pushes().is_empty(), "not changed");
        upsert(&mut synced, "q", "'VAT 2', '2026-03-03'");
        let push = only(&mut synced);
        assert_eq!((&push["operation"], &push["etag"]), (&json!("write"), &Value::Null));
        assert_eq!(push["external_event_id"], id);
        finish(&mut synced, &push);
        assert_eq!(mappings(&mut synced), ["q 1"]);
    }
}

#[test]
fn what_a_pull_cannot_know_is_no_deletion() {
    let mut synced = scene();
    let id = written(&mut synced);
    upsert(&mut synced, "later", "'Later', '2027-01-31'");
    work(&mut synced);
    synced.at("2026-03-02T14:02:00Z");
    let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    for page in [
        json!({"events": [event(&id)]}),
        json!({"unchanged": [id]}),
        json!({"rejected": [{"external_event_id": id, "reason": "odd"}]}),
    ] {
        synced.pull(&[page], &window);
        assert_eq!(mappings(&mut synced), ["later 0", "q 0"]);
    }
    // Asked for before it was written.
    let lease = synced.begin_pull();
    synced.at("2026-03-02T14:03:00Z");
    upsert(&mut synced, "q", "'VAT 2', '2026-03-03'");
    work(&mut synced);
    calendar_tests::synced::stage(&mut synced.agent, &lease, 0, &json!({"deleted": [id]})).unwrap();
    calendar_tests::synced::finish_pull(&mut synced.agent, &lease, &json!({"sync_token": "t"}))
        .unwrap();
    assert_eq!(mappings(&mut synced), ["later 0", "q 1"]);
    // Put back by the user.
    synced.at("2026-03-02T14:04:00Z");
    synced.pull(&[json!({"deleted": [id]})], &json!({"sync_token": "t"}));
    assert_eq!(mappings(&mut synced), ["later 0", "q 1 deleted by the user"]);
    let mut again = event(&id);
    again["etag"] = json!("v7");
    synced.pull_events(&json!([again]));
    assert_eq!(mappings(&mut synced), ["later 0", "q 1"]);
    assert_eq!(
        synced.texts("select etag from calendar.obligation_mappings where etag <> 'v1'"),
        ["v7"]
    );
}

#[test]
fn what_is_past_by_30_days_goes() {
    let mut synced = scene();
    written(&mut synced);
    let prune = "select calendar_sync.prune_logs()";
    synced.at("2026-04-02T14:00:00Z");
    synced.agent.batch_execute(prune).unwrap();
    assert_eq!(open(&mut synced), [""; 0], "the day itself counts");
    synced.at("2026-04-03T00:00:00Z");
    synced.agent.batch_execute(prune).unwrap();
    synced.agent.batch_execute(prune).unwrap();
    assert_eq!(open(&mut synced), ["q delete"]);
    assert_eq!(work(&mut synced), ["remove VAT"]);
    assert_eq!(mappings(&mut synced), [""; 0]);
    // It stays stored, and one that is past already is not written.
    assert_eq!(synced.texts("select external_id from calendar.obligations"), ["q"]);
    upsert(&mut synced, "old", "'Old', '2026-03-03'");
    assert_eq!(open(&mut synced), [""; 0]);
}
