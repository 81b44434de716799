//! Deletions: by id, by what is absent from a full batch.

use crate::support::{blocks, counts, hour, ids, start, sync};
use calendar_tests::fixture;
use serde_json::json;

#[test]
fn deleting_an_id_takes_its_overrides_along_and_deleting_an_override_restores_the_original() {
    let (mut client, _, calendar) = start();
    let mut daily = hour("daily", 3, 10);
    daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=2");
    let moved = json!({"external_event_id": "daily", "recurrence_id": "2026-03-04T10:00:00Z",
                       "starts_at": "2026-03-04T12:00:00Z", "ends_at": "2026-03-04T13:00:00Z"});
    sync(&mut client, calendar, &json!({"events": [daily, moved]}));
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "04 12:00-13:00"]);
    let restore = json!({"deleted": [{"external_event_id": "daily",
                                      "recurrence_id": "2026-03-04T10:00:00Z"}]});
    assert_eq!(counts(&sync(&mut client, calendar, &restore)), [0, 0, 1, 0]);
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "04 10:00-11:00"]);
    sync(&mut client, calendar, &json!({"events": [moved]}));
    let delete = json!({"deleted": [{"external_event_id": "daily", "recurrence_id": null}]});
    assert_eq!(counts(&sync(&mut client, calendar, &delete)), [0, 0, 2, 0]);
    assert_eq!(blocks(&mut client), [""; 0]);
}

#[test]
fn an_event_that_is_told_whole_loses_the_overrides_that_are_not_told() {
    let (mut client, _, calendar) = start();
    let daily = |id: &str| {
        let mut daily = hour(id, 3, 10);
        daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=3");
        daily
    };
    let moved = |id: &str, day: u32| {
        let mut moved = hour(id, day, 12);
        moved["recurrence_id"] = json!(format!("2026-03-{day:02}T10:00:00Z"));
        moved
    };
    let all =
        json!({"events": [daily("a"), moved("a", 3), moved("a", 4), daily("b"), moved("b", 3)]});
    assert_eq!(counts(&sync(&mut client, calendar, &all)), [5, 0, 0, 0]);
    // One of the overrides of "a" is no more; of "b" only the master is told.
    let fewer =
        json!({"events": [daily("a"), moved("a", 4), daily("b")], "whole": ["a", "unknown"]});
    assert_eq!(counts(&sync(&mut client, calendar, &fewer)), [0, 0, 1, 3]);
    assert_eq!(ids(&mut client), ["a", "a 2026-03-04T10:00:00Z", "b", "b 2026-03-03T10:00:00Z"]);
    assert_eq!(counts(&sync(&mut client, calendar, &fewer)), [0, 0, 0, 3]);
    // What was refused is not gone.
    let mut bad = moved("a", 4);
    bad["starts_at"] = json!("?");
    let refused = json!({"events": [daily("a"), bad], "whole": ["a"]});
    assert_eq!(counts(&sync(&mut client, calendar, &refused)), [0, 0, 0, 1]);
    assert_eq!(ids(&mut client).len(), 4);
}

#[test]
fn a_full_batch_replaces_what_lies_in_its_window() {
    let (mut client, _, calendar) = start();
    let recurring = |id: &str, rule: &str| {
        let mut event = hour(id, 1, 10);
        event["recurrence"] = json!(rule);
        event
    };
    let over = |id: &str, start: &str, end: &str| json!({"external_event_id": id, "starts_at": start, "ends_at": end});
    let events = json!([
        hour("before", 9, 22),
        over("into", "2026-03-09T23:00:00Z", "2026-03-10T01:00:00Z"),
        hour("inside, kept", 10, 10),
        hour("inside, gone", 11, 10),
        over("across", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        hour("after", 12, 0),
        recurring("weekly, outside", "RRULE:FREQ=WEEKLY;COUNT=2"),
        recurring("daily, inside", "RRULE:FREQ=DAILY"),
        over("no length", "2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z"),
        over("transparent", "2026-03-10T00:00:00Z", "2026-03-10T01:00:00Z"),
    ]);
    fixture::events(&mut client, calendar, &events);
    let full = json!({"events": [hour("inside, kept", 10, 10), hour("new", 10, 15)], "full": true,
                      "window_start": "2026-03-10T00:00:00Z", "window_end": "2026-03-12T00:00:00Z"});
    assert_eq!(counts(&sync(&mut client, calendar, &full)), [1, 0, 6, 1]);
    assert_eq!(ids(&mut client), ["after", "before", "inside, kept", "new", "weekly, outside"]);
}

#[test]
fn a_full_batch_without_a_window_replaces_everything() {
    let (mut client, _, calendar) = start();
    sync(&mut client, calendar, &json!({"events": [hour("a", 3, 10), hour("b", 3, 10)]}));
    let full = json!({"events": [hour("b", 3, 10)], "full": true});
    assert_eq!(counts(&sync(&mut client, calendar, &full)), [0, 0, 1, 1]);
    // A batch that is not full says nothing of what it lacks.
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"events": []}))), [0, 0, 0, 0]);
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"full": true}))), [0, 0, 1, 0]);
}

#[test]
fn a_full_batch_says_all_there_is_to_say_of_the_series_in_it() {
    let (mut client, _, calendar) = start();
    let mut daily = hour("daily", 3, 10);
    daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=30");
    let moved = |day: u32| {
        json!({"external_event_id": "daily", "recurrence_id": format!("2026-03-{day:02}T10:00:00Z"),
               "starts_at": format!("2026-03-{day:02}T12:00:00Z"),
               "ends_at": format!("2026-03-{day:02}T13:00:00Z")})
    };
    sync(&mut client, calendar, &json!({"events": [daily, moved(4), moved(25)]}));
    // An override outside of the window goes too: its provider did not send it.
    let full = json!({"events": [daily, moved(5)], "full": true,
                      "window_start": "2026-03-02T00:00:00Z", "window_end": "2026-03-09T00:00:00Z"});
    assert_eq!(counts(&sync(&mut client, calendar, &full)), [1, 0, 2, 1]);
    assert_eq!(ids(&mut client), ["daily", "daily 2026-03-05T10:00:00Z"]);
}
