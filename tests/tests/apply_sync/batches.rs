//! What a batch does.

use crate::support::{blocks, counts, hour, ids, start, sync, texts};
use calendar_tests::fixture;
use postgres::Client;
use serde_json::{Value, json};

/// Every version of a row there is.
fn row_versions(client: &mut Client) -> Vec<String> {
    let query = "select concat('event ', ctid, ' ', xmin) from calendar.events
                 union all
                 select concat('block ', ctid, ' ', xmin) from calendar.busy_blocks order by 1";
    texts(client, query)
}

#[test]
fn events_are_created_updated_deleted_and_left_alone() {
    let (mut client, _, calendar) = start();
    let first = json!({"events": [hour("a", 3, 10), hour("b", 3, 12), hour("c", 3, 14)]});
    assert_eq!(counts(&sync(&mut client, calendar, &first)), [3, 0, 0, 0]);
    let second = json!({"events": [hour("b", 4, 12), hour("c", 3, 14), hour("d", 3, 16)],
                        "deleted": ["a", "never heard of"]});
    assert_eq!(counts(&sync(&mut client, calendar, &second)), [1, 1, 1, 1]);
    assert_eq!(ids(&mut client), ["b", "c", "d"]);
    assert_eq!(blocks(&mut client), ["03 14:00-15:00", "03 16:00-17:00", "04 12:00-13:00"]);
}

#[test]
fn all_that_is_said_of_an_event_is_stored() {
    let (mut client, _, calendar) = start();
    let raw = json!({"any": ["thing", 1.50, {"at": null}]});
    let event = json!({
        "external_event_id": "é 1", "title": "Viewing\n\"quoted\"", "status": "tentative",
        "starts_at": "2026-03-03T10:00:00.5+02:00", "ends_at": "2026-03-03T09:30:00Z",
        "transparency": "transparent", "declined": true, "recurrence": "RRULE:FREQ=DAILY;COUNT=2",
        "timezone": "Europe/Berlin", "etag": "W/\"7\"", "updated_at": "2026-03-01T00:00:00Z",
        "raw": raw,
    });
    sync(&mut client, calendar, &json!({"events": [event]}));
    let stored: Value =
        client.query_one("select to_jsonb(e) from calendar.events as e", &[]).unwrap().get(0);
    let expected = json!({
        "calendar_id": calendar.to_string(), "external_event_id": "é 1", "recurrence_id": null,
        "title": "Viewing\n\"quoted\"", "starts_at": "2026-03-03T08:00:00.5+00:00",
        "ends_at": "2026-03-03T09:30:00+00:00", "is_all_day": false, "start_date": null,
        "status": "tentative", "transparency": "transparent", "declined": true,
        "recurrence": "RRULE:FREQ=DAILY;COUNT=2", "timezone": "Europe/Berlin", "etag": "W/\"7\"",
        "provider_updated_at": "2026-03-01T00:00:00+00:00", "raw": raw, "booking_id": null,
        "last_seen_at": "2026-03-02T14:00:00+00:00", "vtimezone": null, "duration": null,
        "sequence": 0,
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&stored[key], value, "{key}");
    }
}

#[test]
fn little_needs_to_be_said() {
    let (mut client, _, calendar) = start();
    fixture::events(
        &mut client,
        calendar,
        &json!([
            {"external_event_id": "a day", "starts_at": "2026-03-03"},
            {"external_event_id": "two", "starts_at": "2026-03-05", "ends_at": "2026-03-07"},
            {"external_event_id": "no end", "starts_at": "2026-03-04T10:00:00Z"},
            {"external_event_id": "nulls", "starts_at": "2026-03-04T12:00:00Z",
             "ends_at": "2026-03-04T13:00:00Z", "status": null, "transparency": null,
             "declined": null, "recurrence": null, "recurrence_id": null, "timezone": null,
             "title": null, "is_all_day": null, "etag": null, "updated_at": null, "raw": null,
             "of no interest": 1},
        ]),
    );
    let days = ["03 00:00-00:00", "04 12:00-13:00", "05 00:00-00:00", "06 00:00-00:00"];
    assert_eq!(blocks(&mut client), days);
}

#[test]
fn the_same_batch_again_writes_no_event() {
    let (mut client, _, calendar) = start();
    let mut weekly = hour("weekly", 3, 10);
    weekly["recurrence"] = json!("RRULE:FREQ=WEEKLY\r\nEXDATE:20260310T100000Z");
    weekly["raw"] = json!({"b": 1, "a": [2.0, 1e3]});
    let moved = json!({"external_event_id": "weekly", "recurrence_id": "2026-03-17T10:00:00Z",
                       "starts_at": "2026-03-17T15:00:00Z", "ends_at": "2026-03-17T16:00:00Z"});
    let leave = json!({"external_event_id": "leave", "starts_at": "2026-03-20"});
    for batch in [
        json!({"events": [weekly, moved, leave], "deleted": ["x"], "sync_token": "1"}),
        json!({"events": [weekly, moved, leave], "full": true,
               "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-04-01T00:00:00Z"}),
    ] {
        sync(&mut client, calendar, &batch);
        let before = row_versions(&mut client);
        assert_eq!(counts(&sync(&mut client, calendar, &batch)), [0, 0, 0, 3]);
        assert_eq!(row_versions(&mut client), before);
    }
}

#[test]
fn a_change_of_any_kind_is_an_update() {
    let (mut client, _, calendar) = start();
    let mut event = hour("a", 3, 10);
    sync(&mut client, calendar, &json!({"events": [event]}));
    for (key, value) in [
        ("title", json!("Viewing")),
        ("ends_at", json!("2026-03-03T10:30:00Z")),
        ("status", json!("tentative")),
        ("transparency", json!("transparent")),
        ("declined", json!(true)),
        ("recurrence", json!("RRULE:FREQ=DAILY")),
        ("timezone", json!("Europe/Berlin")),
        ("etag", json!("2")),
        ("updated_at", json!("2026-03-02T00:00:00Z")),
        ("raw", json!({})),
        ("title", Value::Null),
    ] {
        event[key] = value;
        let answer = sync(&mut client, calendar, &json!({"events": [event]}));
        assert_eq!(counts(&answer), [0, 1, 0, 0], "{key}");
    }
}

#[test]
fn calendars_do_not_share_ids() {
    let (mut client, broker, calendar) = start();
    let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    sync(&mut client, calendar, &json!({"events": [hour("a", 3, 10)]}));
    sync(&mut client, second, &json!({"events": [hour("a", 3, 12)]}));
    sync(&mut client, second, &json!({"events": [], "full": true}));
    assert_eq!(blocks(&mut client), ["03 10:00-11:00"]);
}

#[test]
fn of_two_with_one_id_the_last_updated_counts_or_else_the_later() {
    let (mut client, _, calendar) = start();
    let mut newer = hour("a", 3, 10);
    newer["updated_at"] = json!("2026-03-01T12:00:00+01:00");
    let mut older = hour("a", 3, 12);
    older["updated_at"] = json!("2026-03-01T10:00:00Z");
    let batch = json!({"events": [newer, older, hour("b", 3, 14), hour("b", 3, 16)]});
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [2, 0, 0, 0]);
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "03 16:00-17:00"]);
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [0, 0, 0, 2]);
}

#[test]
fn an_occurrence_is_the_same_in_every_notation_of_its_instant() {
    let (mut client, _, calendar) = start();
    let at = |id: &str| json!({"external_event_id": "a", "recurrence_id": id, "starts_at": "2026-03-03T18:00:00Z"});
    sync(&mut client, calendar, &json!({"events": [at("2026-03-03T10:00:00Z")]}));
    let again = at("2026-03-03T11:00:00.000+01:00");
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"events": [again]})))[3], 1);
    let delete = json!({"deleted": [{"external_event_id": "a",
                                     "recurrence_id": "2026-03-03 05:00:00-05:00"}]});
    assert_eq!(counts(&sync(&mut client, calendar, &delete)), [0, 0, 1, 0]);
}
