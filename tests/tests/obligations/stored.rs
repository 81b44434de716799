//! What callers store, and how they are refused.

use crate::support::{call, many, open, scene, upsert};
use calendar_tests::answer::{message, sqlstate};
use calendar_tests::fixture;
use serde_json::{Value, json};

#[test]
fn a_deadline_is_stored_and_queued_once() {
    let mut synced = scene();
    let broker = synced.broker;
    let made = upsert(
        &mut synced,
        " q1 ",
        "' VAT return ', '2026-04-30', notes => '', url => 'https://x.example.com/1'",
    );
    let expected = json!({
        "id": made["id"], "broker_id": broker.to_string(), "external_id": "q1", "title": "VAT return", "notes": null,
        "url": "https://x.example.com/1", "due_on": "2026-04-30", "due_at": null, "duration_minutes": 30,
        "reminder_minutes": [1440], "status": "pending", "sequence": 0, "removed_at": null,
        "expires_at": "2026-05-31T00:00:00+00:00",
        "created_at": "2026-03-02T14:00:00+00:00", "updated_at": "2026-03-02T14:00:00+00:00",
    });
    assert_eq!(made, expected);
    assert_eq!(open(&mut synced), ["q1 update"]);
    // The same again changes nothing.
    assert_eq!(
        upsert(&mut synced, "q1", "'VAT return', '2026-04-30', url => 'https://x.example.com/1'"),
        expected
    );
    assert_eq!(open(&mut synced), ["q1 update"]);
    // A change is queued, but what waits is not queued twice; what is left out is the default again.
    let changed = upsert(
        &mut synced,
        "q1",
        "'VAT return', due_at => '2026-04-30T12:00Z', reminder_minutes => '{60,0}'",
    );
    assert_eq!((&changed["sequence"], &changed["url"]), (&json!(1), &Value::Null));
    assert_eq!(changed["due_at"], "2026-04-30T12:00:00+00:00");
    assert_eq!(changed["id"], made["id"]);
    assert_eq!(open(&mut synced), ["q1 update"]);
}

#[test]
fn many_are_stored_at_once_or_none() {
    let mut synced = scene();
    let broker = synced.broker;
    let mut list = many(3);
    let save = |list: &Value| format!("upsert_obligations('{broker}', '{list}')");
    let counts = |created, updated, unchanged| json!({"created": created, "updated": updated, "unchanged": unchanged});
    assert_eq!(call(&mut synced.admin, &save(&list)), counts(3, 0, 0));
    list[1]["title"] = json!("Another");
    list[2]["due_on"] = json!("2026-02-30");
    let error = fixture::call(&mut synced.admin, &save(&list)).unwrap_err();
    assert_eq!(sqlstate(&error), "22023");
    assert_eq!(
        message(&error),
        r#"obligations: item 3: due_on must be a date such as 2026-03-02, not ""2026-02-30"""#
    );
    list[2]["due_on"] = json!("2026-04-03");
    assert_eq!(call(&mut synced.admin, &save(&list)), counts(0, 1, 2));
    assert_eq!(call(&mut synced.admin, &save(&list)), counts(0, 0, 3));
    assert_eq!(open(&mut synced).len(), 3);
    assert_eq!(call(&mut synced.admin, &save(&json!([]))), counts(0, 0, 0));
}

#[test]
fn what_is_wrong_is_named() {
    let mut synced = scene();
    let broker = synced.broker;
    for (rest, expected) in [
        ("' ', '2026-04-30'", "title must be a text of 1 to 500 characters, not null"),
        ("'T'", "due_on must be set exactly where due_at is null, not null"),
        (
            "'T', '2026-04-30', '2026-04-30T00:00Z'",
            r#"due_on must be set exactly where due_at is null, not "2026-04-30""#,
        ),
        (
            "'T', 'infinity'",
            r#"due_on must be a date from 0001-01-01 to 9999-11-30, not "infinity""#,
        ),
        (
            "'T', '2026-04-30', url => 'javascript:x'",
            r#"url must be an http or https address of at most 2000 characters, not "javascript:x""#,
        ),
        (
            "'T', '2026-04-30', duration_minutes => 0",
            "duration_minutes must be from 1 to 1440, not 0",
        ),
        (
            "'T', '2026-04-30', reminder_minutes => '{-1}'",
            r#"reminder_minutes must be at most 5 different numbers of minutes, each from 0 to 40320, not "{-1}""#,
        ),
        (
            "'T', '2026-04-30', status => 'open'",
            r#"status must be pending, done or cancelled, not "open""#,
        ),
    ] {
        let call = format!("upsert_obligation('{broker}', 'k', {rest})");
        let error = fixture::call(&mut synced.admin, &call).unwrap_err();
        assert_eq!((sqlstate(&error), message(&error)), ("22023", expected), "{call}");
    }
    for (list, expected) in [
        (json!({}), "obligations must be a JSON array, not \"{}\""),
        (
            json!([{"external_id": "a", "title": "T", "due_on": "2026-04-30"}, 1]),
            "obligations: item 2 must be a JSON object, not 1",
        ),
        (
            json!([{"external_id": "a", "titel": "T"}]),
            r#"obligations: item 1 must not have the key "titel""#,
        ),
        (
            json!([{"external_id": "a", "title": "T", "due_at": "2026-04-30T10:00"}]),
            r#"obligations: item 1: due_at must be an instant with an offset, such as 2026-03-02T15:00Z, not ""2026-04-30T10:00"""#,
        ),
        (
            json!([{"external_id": "a", "title": "T", "due_on": "2026-04-30"}, {"external_id": " a", "title": "T", "due_on": "2026-04-30"}]),
            r#"obligations: item 2: external_id must be one that no other item has, not "a""#,
        ),
        (
            json!([{"external_id": "a", "title": "T", "due_on": "2026-04-30"}, {"external_id": "b", "due_on": "2026-04-30"}]),
            "obligations: item 2: title must be a text of 1 to 500 characters, not null",
        ),
        (many(5001), "obligations must have at most 5000 items, not 5001"),
    ] {
        let call = format!("upsert_obligations('{broker}', '{list}')");
        let error = fixture::call(&mut synced.admin, &call).unwrap_err();
        assert_eq!((sqlstate(&error), message(&error)), ("22023", expected));
    }
    assert!(synced.texts("select title from calendar.obligations").is_empty());
}
