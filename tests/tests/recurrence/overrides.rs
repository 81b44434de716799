//! Overrides of occurrences.

use crate::support::{NEW_YORK, blocks, execute, occurrence, series, start, texts};
use calendar_tests::fixture;
use serde_json::{Value, json};

#[test]
fn a_moved_or_cancelled_occurrence_replaces_the_original() {
    let (mut client, _, calendar) = start("UTC");
    let mut cancelled =
        occurrence("2026-03-10T14:00:00Z", "2026-03-10T14:00:00Z", "2026-03-10T14:30:00Z");
    cancelled["status"] = json!("cancelled");
    let events = json!([
        series("RRULE:FREQ=WEEKLY;COUNT=5"),
        cancelled,
        occurrence("2026-03-17T14:00:00Z", "2026-03-18T20:00:00Z", "2026-03-18T21:00:00Z"),
        // Known by nothing but what it cancels, as some providers have it.
        {"external_event_id": "series", "recurrence_id": "2026-03-24T14:00:00Z", "status": "cancelled"},
    ]);
    fixture::events(&mut client, calendar, &events);
    let local = ["03-03 10:00-10:30", "03-18 16:00-17:00", "03-31 10:00-10:30"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
}

#[test]
fn an_override_may_come_before_its_master() {
    let (mut client, _, calendar) = start("UTC");
    let moved = occurrence("2026-03-10T14:00:00Z", "2026-03-11T20:00:00Z", "2026-03-11T21:00:00Z");
    fixture::events(&mut client, calendar, &json!([moved]));
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), ["03-11 16:00-17:00"]);
    fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=WEEKLY;COUNT=2")]));
    let local = ["03-03 10:00-10:30", "03-11 16:00-17:00"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
}

#[test]
fn this_and_future_holds_until_the_next_of_its_kind() {
    let (mut client, _, calendar) = start("UTC");
    let from = |id: &str, start: &str, end: &str| {
        let mut event = occurrence(id, start, end);
        event["recurrence_range"] = json!("THISANDFUTURE");
        event
    };
    let events = json!([
        series("RRULE:FREQ=WEEKLY;COUNT=7"),
        // From the second on two hours later and twice as long, though the clocks
        // have gone forward.
        from("2026-03-10T14:00:00Z", "2026-03-10T16:00:00Z", "2026-03-10T17:00:00Z"),
        occurrence("2026-03-24T14:00:00Z", "2026-03-24T22:00:00Z", "2026-03-24T22:30:00Z"),
        from("2026-03-31T14:00:00Z", "2026-04-01T14:00:00Z", "2026-04-01T14:15:00Z"),
    ]);
    fixture::events(&mut client, calendar, &events);
    let local = [
        "03-03 10:00-10:30",
        "03-10 12:00-13:00",
        "03-17 12:00-13:00",
        "03-24 18:00-18:30",
        "04-01 10:00-10:15",
        "04-08 10:00-10:15",
        "04-15 10:00-10:15",
    ];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
    // Blocks are told by the component that they come from.
    let of_override = "select count(*)::text from calendar.busy_blocks as k
                         join calendar.events as e on e.id = k.event_id
                        where e.recurrence_this_and_future";
    assert_eq!(texts(&mut client, of_override), ["5"]);
    let mut end = from("2026-03-31T14:00:00Z", "2026-03-31T14:00:00Z", "2026-03-31T14:30:00Z");
    end["status"] = json!("cancelled");
    fixture::events(&mut client, calendar, &json!([end]));
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local[..4]);
}

#[test]
fn each_occurrence_blocks_by_its_own_properties() {
    let (mut client, _, calendar) = start("UTC");
    let with = |day: &str, key: &str, value: Value| {
        let (start, end) = (format!("2026-03-{day}T14:00:00Z"), format!("2026-03-{day}T14:30:00Z"));
        let mut event = occurrence(&start, &start, &end);
        event[key] = value;
        event
    };
    let events = json!([
        series("RRULE:FREQ=WEEKLY;COUNT=5"),
        with("10", "transparency", json!("transparent")),
        with("17", "declined", json!(true)),
        with("24", "status", json!("tentative")),
    ]);
    fixture::events(&mut client, calendar, &events);
    let local = ["03-03 10:00-10:30", "03-24 10:00-10:30", "03-31 10:00-10:30"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
    execute(&mut client, "update calendar.calendars set tentative_blocks = false");
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), [local[0], local[2]]);
    // A free series may have a busy occurrence.
    let mut free = series("RRULE:FREQ=WEEKLY;COUNT=5");
    free["transparency"] = json!("transparent");
    let busy = with("10", "transparency", json!("opaque"));
    fixture::events(&mut client, calendar, &json!([free, busy]));
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), ["03-10 10:00-10:30"]);
}
