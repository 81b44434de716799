//! What agents write.

use crate::support::{call, finish, mappings, only, open, scene, upsert, work};
use calendar_tests::synced::text;
use serde_json::{Value, json};

#[test]
fn a_push_says_what_the_event_is_to_say() {
    let mut synced = scene();
    let (calendar, account) = (synced.calendar, synced.account);
    let made = upsert(
        &mut synced,
        "q1",
        "'VAT', '2026-04-30', notes => 'n', url => 'https://x.example.com/'",
    );
    let push = only(&mut synced);
    let expected = json!({
        "lease_id": push["lease_id"], "booking_id": null, "obligation_id": made["id"], "operation": "write",
        "calendar_id": calendar.to_string(), "account_id": account.to_string(), "provider": "caldav",
        "settings": {}, "external_calendar_id": "main", "timezone": "UTC", "external_event_id": null, "etag": null,
        "written": null, "elsewhere": [],
        "event": {
            "kind": "obligation", "id": made["id"], "date": "2026-04-30", "start": null, "end": null,
            "timezone": "America/New_York", "title": "VAT", "notes": "n", "url": "https://x.example.com/",
            "reminders": [1440], "sequence": 0,
            "broker": {"name": "Ada", "email": "ada@example.org", "phone": "1"},
        },
    });
    assert_eq!(push, expected);
    assert!(synced.pushes().is_empty(), "it is leased");
    finish(&mut synced, &push);
    assert_eq!(mappings(&mut synced), ["q1 0"]);
    upsert(&mut synced, "q1", "'VAT', due_at => '2026-04-30T12:00Z', duration_minutes => 45");
    let again = only(&mut synced);
    assert_eq!(again["written"], push["event"]);
    assert_eq!(again["etag"], "v1");
    assert_eq!(again["event"]["date"], Value::Null);
    assert_eq!(again["event"]["start"], "2026-04-30T12:00:00Z");
    assert_eq!(again["event"]["end"], "2026-04-30T12:45:00Z");
    finish(&mut synced, &again);
    assert_eq!(mappings(&mut synced), ["q1 1"]);
    assert!(synced.pushes().is_empty());
}

#[test]
fn what_is_done_or_removed_goes() {
    let mut synced = scene();
    let broker = synced.broker;
    for (end, is_kept) in [
        ("upsert_obligation('B', 'q', 'VAT', '2026-04-30', status => 'done')", true),
        ("remove_obligation('B', 'q')", false),
    ] {
        let end = end.replace('B', &broker.to_string());
        // One that was never written needs no write.
        upsert(&mut synced, "q", "'VAT', '2026-04-30'");
        call(&mut synced.admin, &end);
        assert!(synced.pushes().is_empty());
        assert!(open(&mut synced).is_empty());
        upsert(&mut synced, "q", "'VAT', '2026-04-30'");
        assert_eq!(work(&mut synced), ["write VAT"]);
        call(&mut synced.admin, &end);
        let push = only(&mut synced);
        assert_eq!(push["operation"], "remove");
        finish(&mut synced, &push);
        assert!(mappings(&mut synced).is_empty());
        assert_eq!(
            synced.texts("select title from calendar.obligations").len(),
            usize::from(is_kept)
        );
    }
    assert_eq!(call(&mut synced.admin, &format!("remove_obligation('{broker}', 'q')")), false);
}

#[test]
fn bookings_go_first_and_the_account_has_one_bound() {
    let mut synced = scene();
    for key in ["a", "b", "c"] {
        upsert(&mut synced, key, "'T', '2026-04-30'");
    }
    let booking = synced.book("2026-03-03T15:00:00Z");
    let lease = "select coalesce(booking_id, obligation_id)::text from calendar_sync.lease_pushes(max_pushes => 10, max_per_account => 3)";
    let leased: Vec<String> =
        synced.agent.query(lease, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(leased.len(), 3);
    assert_eq!(leased[0], booking);
}

#[test]
fn a_change_while_it_is_written_is_written_again() {
    let mut synced = scene();
    upsert(&mut synced, "q", "'A', '2026-04-30'");
    let push = only(&mut synced);
    upsert(&mut synced, "q", "'B', '2026-04-30'");
    assert!(synced.pushes().is_empty(), "one at a time");
    finish(&mut synced, &push);
    assert_eq!(mappings(&mut synced), ["q 0"]);
    assert_eq!(work(&mut synced), ["write B"]);
    assert_eq!(mappings(&mut synced), ["q 1"]);
}

#[test]
fn a_failure_is_tried_again() {
    let mut synced = scene();
    upsert(&mut synced, "q", "'A', '2026-04-30'");
    let lease = text(&only(&mut synced), "lease_id");
    let fail = "select calendar_sync.fail_push($1::text::uuid, 'down')";
    synced.agent.execute(fail, &[&lease]).unwrap();
    assert!(synced.pushes().is_empty());
    let problems = "select last_error from calendar.outbox";
    assert_eq!(synced.texts(problems), ["down"]);
    synced.at("2026-03-02T14:01:00Z");
    assert_eq!(work(&mut synced), ["write A"]);
}
