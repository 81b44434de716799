//! Batches that are large or deep.

use crate::support::world;
use calendar_tests::{Database, fixture};
use serde_json::{Value, json};

#[test]
fn ten_megabytes_in_an_event_are_stored_or_rejected_by_name() {
    let db = Database::new();
    let mut client = db.connect();
    let (_, calendar, _) = world(&mut client);
    let huge = "é\n".repeat(4_000_000);
    let event = |id: &str, key: &str| {
        let mut event = json!({"external_event_id": id, "starts_at": "2026-03-05T15:00:00Z",
                               "ends_at": "2026-03-05T16:00:00Z"});
        event[key] = json!(huge);
        event
    };
    let events = json!([
        event("title", "title"),
        event("raw", "raw"),
        event("etag", "etag"),
        event("timezone", "timezone"),
        event("status", "status"),
        event("starts_at", "starts_at"),
        event("recurrence", "recurrence"),
        event("recurrence_id", "recurrence_id"),
        event("vtimezone", "vtimezone"),
        event("id", "external_event_id"),
    ]);
    let answer = fixture::apply_sync(&mut client, calendar, &json!({"events": events})).unwrap();
    assert_eq!(answer["created"], 7);
    for (key, expected) in [
        ("rejected", &["starts_at", "recurrence"][..]),
        ("repaired", &["status", "recurrence_id", "vtimezone"]),
    ] {
        let items = answer[key].as_array().unwrap();
        let ids: Vec<&str> =
            items.iter().map(|item| item["external_event_id"].as_str().unwrap()).collect();
        for id in expected {
            assert!(ids.contains(id), "{key}: {ids:.200?}");
        }
        for item in items {
            assert!(item["reason"].as_str().unwrap().len() < 600);
        }
    }
}

#[test]
fn deep_json_is_stored_as_it_is() {
    let db = Database::new();
    let mut client = db.connect();
    let (_, calendar, _) = world(&mut client);
    let batch = format!(
        r#"{{"events": [{{"external_event_id": "deep", "starts_at": "2026-03-05T15:00:00Z",
                          "raw": {}{}}},
                        {{"external_event_id": {}{}, "starts_at": "2026-03-05T15:00:00Z"}}]}}"#,
        "[".repeat(500),
        "]".repeat(500),
        "[".repeat(500),
        "]".repeat(500),
    );
    let answer: Value = client
        .query_one("select calendar.apply_sync($1, $2::text::jsonb)", &[&calendar, &batch])
        .unwrap()
        .get(0);
    assert_eq!(answer["created"], 1, "{answer}");
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 1);
}
