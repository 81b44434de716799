//! `save_meeting_type`, `set_working_hours` and `set_overrides`.

use crate::support::Desk;
use calendar_tests::answer::refused;
use serde_json::{Value, json};

#[test]
fn saving_by_slug_or_id_replaces_the_whole_type() {
    let mut desk = Desk::new(&[]);
    let first = desk.save(&json!({"durations": [60], "buffer_after_minutes": 10})).unwrap();
    let second = desk.save(&json!({"name": "Another call"})).unwrap();
    assert_eq!(second["id"], first["id"]);
    assert_eq!(second["durations"], json!([30]), "a key that is left out is the default");
    assert!(second["buffer_after_minutes"].is_null());
    let third = desk.save(&json!({"id": first["id"], "slug": "talk", "description": " "})).unwrap();
    assert_eq!((&third["id"], &third["slug"]), (&first["id"], &json!("talk")));
    assert!(third["description"].is_null());
    let other = desk.save(&json!({})).unwrap();
    assert_ne!(other["id"], first["id"]);
    let taken = desk.save(&json!({"id": first["id"], "slug": "call"}));
    refused(taken, "22023", "slug must be one that no other meeting type of the broker has");
    let unknown = desk.save(&json!({"id": "00000000-0000-4000-8000-000000000000"}));
    refused(unknown, "PT404", "meeting_type_not_found");
}

#[test]
fn a_type_that_makes_no_sense_is_refused_by_key_and_value() {
    let mut desk = Desk::new(&[]);
    let cases = [
        (json!({"slug": "A call"}), "slug must be small letters and digits"),
        (json!({"slug": "a--b"}), "slug must be"),
        (json!({"slug": "00000000-0000-4000-8000-000000000000"}), "slug must be"),
        (json!({"slug": null}), "slug"),
        (json!({"name": ""}), "name"),
        (json!({"durations": []}), "durations must be 1 to 20 different numbers"),
        (json!({"durations": [30, 30]}), "durations must be"),
        (json!({"durations": [0]}), "durations must be"),
        (json!({"durations": "30"}), "durations must be an array of whole numbers, not \"\"30\"\""),
        (json!({"durations": [1.5]}), "durations must be an array of whole numbers"),
        (
            json!({"buffer_after_minutes": 1441}),
            "buffer_after_minutes must be from 0 to 1440, not 1441",
        ),
        (json!({"buffer_after_minutes": "ten"}), "buffer_after_minutes must be a whole number"),
        (json!({"is_active": "yes"}), "is_active must be true or false"),
        (
            json!({"location_kind": "pub"}),
            "location_kind must be provider, phone, in_person or link",
        ),
        (json!({"location_kind": "link", "location": "javascript:x"}), "location must be an http"),
        (json!({"colour": "red"}), "must not have the key"),
    ];
    for (keys, message) in cases {
        let error = refused(desk.save(&keys), "22023", message);
        let text = calendar_tests::answer::message(&error);
        assert!(text.starts_with("meeting_type"), "{keys}: {text}");
    }
}

fn set(desk: &mut Desk, function: &str, rows: &Value) -> Result<usize, postgres::Error> {
    let query = format!("select * from calendar.{function}($1, $2)");
    Ok(desk.client.query(&query, &[&desk.broker, rows])?.len())
}

#[test]
fn hours_are_replaced_whole_or_not_at_all() {
    let mut desk = Desk::new(&[]).with(&json!({}));
    let of_type = format!(
        "select from calendar.set_working_hours('{}',
             '[{{\"weekday\": 6, \"start_local\": \"10:00\", \"end_local\": \"12:00\"}}]', 'call')",
        desk.broker
    );
    desk.client.batch_execute(&of_type).unwrap();
    let week = json!([
        {"weekday": 1, "start_local": "08:00", "end_local": "12:00"},
        {"weekday": 1, "start_local": "13:00", "end_local": "24:00", "valid_from": "2026-04-01"},
    ]);
    assert_eq!(set(&mut desk, "set_working_hours", &week).unwrap(), 2);
    assert_eq!(set(&mut desk, "set_working_hours", &week).unwrap(), 2);
    for (rows, message) in [
        (json!({}), "hours must be a JSON array"),
        (json!([7]), "hours must be a JSON object"),
        (
            json!([{"weekday": 9, "start_local": "08:00", "end_local": "12:00"}]),
            "weekday must be from 1",
        ),
        (
            json!([{"weekday": 1, "start_local": "8 am", "end_local": "12:00"}]),
            "start_local must be a time",
        ),
        (
            json!([{"weekday": 1, "start_local": "12:00", "end_local": "08:00"}]),
            "end_local must be after",
        ),
        (json!([{"weekday": 1, "start_local": "12:00"}]), "end_local"),
        (json!([{"day": 1}]), "must not have the key"),
    ] {
        refused(set(&mut desk, "set_working_hours", &rows), "22023", message);
    }
    let left = "select count(*) filter (where meeting_type_id is null),
                       count(*) filter (where meeting_type_id is not null) from calendar.working_hours";
    let row = desk.client.query_one(left, &[]).unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2, 1));
}

#[test]
fn overrides_are_replaced_and_those_that_stay_keep_their_rows() {
    let mut desk = Desk::new(&[]);
    let closed =
        json!({"kind": "block", "starts_at": "2026-03-03T14:00Z", "ends_at": "2026-03-03T18:00Z"});
    let open = json!({"kind": "open", "starts_at": "2026-03-07T15:00+00:00", "ends_at": "2026-03-07T17:00Z"});
    assert_eq!(set(&mut desk, "set_overrides", &json!([closed, open])).unwrap(), 2);
    let ids = "select array_agg(id::text order by starts_at) from calendar.availability_overrides";
    let before: Vec<String> = desk.client.query_one(ids, &[]).unwrap().get(0);
    let mut kept = closed;
    kept["id"] = json!(before[0]);
    let mut moved = open;
    moved["id"] = json!(before[1]);
    moved["ends_at"] = json!("2026-03-07T18:00Z");
    assert_eq!(set(&mut desk, "set_overrides", &json!([kept, moved])).unwrap(), 2);
    let after: Vec<String> = desk.client.query_one(ids, &[]).unwrap().get(0);
    assert_eq!(after[0], before[0]);
    assert_ne!(after[1], before[1]);
    for (row, message) in [
        (
            json!({"kind": "shut", "starts_at": "2026-03-03T14:00Z", "ends_at": "2026-03-03T18:00Z"}),
            "kind must be block",
        ),
        (
            json!({"kind": "block", "starts_at": "2026-03-03 14:00", "ends_at": "2026-03-03T18:00Z"}),
            "starts_at must be an instant with an offset",
        ),
        (
            json!({"kind": "block", "starts_at": "2026-03-03T14:00Z", "ends_at": "2026-03-03T14:00Z"}),
            "ends_at must be after starts_at",
        ),
        (json!({"kind": "block", "starts_at": "2026-03-03T14:00Z"}), "ends_at"),
        (
            json!({"kind": "block", "starts_at": "2026-03-03T14:00Z", "ends_at": "2026-03-03T18:00Z", "rrule": "FREQ=X"}),
            "rrule",
        ),
    ] {
        refused(set(&mut desk, "set_overrides", &json!([row])), "22023", message);
    }
    assert_eq!(set(&mut desk, "set_overrides", &json!([])).unwrap(), 0);
}
