//! What is not understood: refused by name, or left out.

use crate::support::{at, dates, event, refused, times, understood, with};
use calendar_engine::batch::parse_events;
use calendar_engine::event::{Status, Transparency, When};

#[test]
fn without_a_start_an_event_is_refused_by_key_value_and_what_is_allowed() {
    for (members, told) in [
        (r#""starts_at": "tomorrow""#, &["starts_at", "\"tomorrow\"", "instant"][..]),
        (r#""starts_at": null"#, &["starts_at", "null"]),
        (r#""starts_at": "2026-03-02T09:00:00""#, &["starts_at", "instant"]),
        (r#""starts_at": "2026-02-29""#, &["starts_at", "2026-02-29"]),
        (r#""starts_at": "2026-03-02 nonsense", "is_all_day": false"#, &["starts_at", "instant"]),
        (r#""starts_at": "2026-03-02nonsense", "is_all_day": true"#, &["starts_at", "date"]),
        (r#""starts_at": "09:00", "is_all_day": true"#, &["starts_at", "date"]),
        (r#""starts_at": "äöüäöüäöüäöü", "is_all_day": true"#, &["starts_at", "date"]),
        (r#""starts_at": "294276-01-01T00:00:00Z""#, &["starts_at", "9999"]),
        (r#""starts_at": "infinity""#, &["starts_at", "infinity"]),
        (r#""starts_at": 1772442000"#, &["starts_at", "1772442000", "string"]),
        (
            r#""recurrence_id": "first", "status": "cancelled", "starts_at": "2026-03-02""#,
            &["recurrence_id", "\"first\""],
        ),
    ] {
        let rejected = refused(&with(members));
        assert_eq!(rejected.external_event_id.as_deref(), Some("a"), "{members}");
        for part in told {
            assert!(rejected.reason.contains(part), "{members}: {}", rejected.reason);
        }
        assert!(!rejected.reason.contains("line 1"), "{members}: {}", rejected.reason);
    }
}

/// What can be understood of an event's time takes time; the rest is recorded, by key,
/// value and what is allowed.
#[test]
fn one_wrong_value_does_not_refuse_an_event() {
    let nine = times("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z");
    let hour = times("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z");
    for (members, span, told) in [
        (r#""starts_at": "2026-03-02T09:00:00Z", "ends_at": "x""#, hour, &["ends_at", "\"x\""][..]),
        (r#""starts_at": "2026-03-02T09:00:00Z", "ends_at": """#, hour, &["ends_at"]),
        (
            r#""starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T09:00:00Z""#,
            hour,
            &["ends_at", "09:00:00", "before starts_at", "exchanged"],
        ),
        (
            r#""starts_at": "2026-03-05", "ends_at": "2026-03-02""#,
            dates("2026-03-02", "2026-03-05"),
            &["ends_at", "before starts_at"],
        ),
        (
            r#""starts_at": "2026-03-02T09:00:00Z", "is_all_day": true, "ends_at": "2026-03-99""#,
            dates("2026-03-02", "2026-03-03"),
            &["ends_at", "date"],
        ),
        (r#""status": "maybe""#, nine, &["status", "\"maybe\"", "tentative"]),
        (r#""status": "CONFIRMED""#, nine, &["status", "CONFIRMED", "confirmed"]),
        (r#""transparency": "glass""#, nine, &["transparency", "\"glass\"", "opaque"]),
        (r#""recurrence_id": "first""#, nine, &["recurrence_id", "\"first\""]),
        (r#""recurrence_range": "THISANDFUTURE""#, nine, &["recurrence_range", "recurrence_id"]),
        (
            r#""recurrence_id": "2026-03-02", "recurrence_range": "THISANDPRIOR""#,
            nine,
            &["recurrence_range", "THISANDPRIOR", "THISANDFUTURE"],
        ),
        (
            r#""recurrence_id": "2026-03-02", "recurrence": "RRULE:FREQ=DAILY""#,
            nine,
            &["recurrence", "recurrence_id"],
        ),
        (r#""recurrence": "RRULE:FREQ=HARDLY""#, nine, &["HARDLY", "DAILY"]),
        (r#""recurrence": "BEGIN:VEVENT""#, nine, &["BEGIN:VEVENT", "RRULE"]),
        (r#""vtimezone": "Europe/Berlin""#, nine, &["VTIMEZONE"]),
        (r#""duration": "a day""#, nine, &["duration", "\"a day\"", "P1D"]),
        (r#""duration": "-P1D", "ends_at": "2026-03-02T10:00:00Z""#, hour, &["duration"]),
        (r#""sequence": 1.5"#, nine, &["sequence", "1.5", "whole number"]),
        (r#""sequence": 99999999999"#, nine, &["sequence", "99999999999"]),
        (r#""updated_at": "yesterday""#, nine, &["updated_at", "\"yesterday\""]),
        (r#""title": 7"#, nine, &["title", "7", "string"]),
        (r#""title": ["a"]"#, nine, &["title", "[\"a\"]", "string"]),
        (r#""title": "\ud800""#, nine, &["title", "\\ud800", "string"]),
        (r#""recurrence": ["RRULE:FREQ=DAILY"]"#, nine, &["recurrence", "string"]),
        (r#""is_all_day": "yes""#, nine, &["is_all_day", "\"yes\"", "true or false"]),
        (r#""declined": 1"#, nine, &["declined", "1", "true or false"]),
        (r#""title": "a", "title": "b""#, nine, &["title"]),
    ] {
        let event = understood(&with(members));
        assert_eq!(event.span, span, "{members}");
        assert_ne!(event.status, Status::Cancelled, "{members}");
        assert_eq!(event.transparency, Transparency::Opaque, "{members}");
        assert_eq!(event.repairs.len(), 1, "{members}: {:?}", event.repairs);
        for part in told {
            assert!(event.repairs[0].contains(part), "{members}: {:?}", event.repairs);
        }
        assert!(!event.repairs[0].contains("line 1"), "{members}: {:?}", event.repairs);
    }
}

#[test]
fn what_is_understood_of_a_recurrence_is_kept() {
    let rule = |text: &str| {
        let text = serde_json::to_string(text).unwrap();
        let event = understood(&with(&format!(r#""recurrence": {text}"#)));
        (event.recurrence.unwrap_or_default(), event.repairs.len())
    };
    for (written, read, repairs) in [
        ("RRULE:FREQ=WEEKLY;COUNT=0", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;COUNT=many;INTERVAL=0", "RRULE:FREQ=WEEKLY", 2),
        ("RRULE:FREQ=WEEKLY;INTERVAL=-2", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,", "RRULE:FREQ=WEEKLY;BYDAY=MO", 1),
        ("RRULE:FREQ=WEEKLY;BYDAY=XX", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,XX,FR;COUNT=3", "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO,FR", 1),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=0,15,32", "RRULE:FREQ=MONTHLY;BYMONTHDAY=15", 2),
        ("RRULE:FREQ=WEEKLY;FORTNIGHT=YES", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;COUNT", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;FREQ=DAILY", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;WKST=XX", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;UNTIL=soon", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;UNTIL=", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY;UNTIL=2026-03-30", "RRULE:FREQ=WEEKLY;UNTIL=20260330", 1),
        ("RRULE:FREQ=WEEKLY;UNTIL=20260431", "RRULE:FREQ=WEEKLY;UNTIL=20260430", 1),
        (
            "RRULE:FREQ=WEEKLY;UNTIL=2026-03-30T09:00:00Z",
            "RRULE:FREQ=WEEKLY;UNTIL=20260330T090000Z",
            1,
        ),
        ("DTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY", 1),
        ("RDATE:20260309T090000Z,never", "RDATE:20260309T090000Z", 1),
        ("RRULE:FREQ=WEEKLY\nEXDATE:never", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:FREQ=WEEKLY\nEXRULE:FREQ=WEEKLY;COUNT=0", "RRULE:FREQ=WEEKLY", 1),
        ("RRULE:INTERVAL=2", "", 1),
        ("RRULE:", "", 1),
    ] {
        assert_eq!(rule(written), (read.to_owned(), repairs), "{written}");
    }
}

/// Its exceptions and overrides follow a series whose ends were exchanged.
#[test]
fn a_series_with_exchanged_ends_keeps_its_exceptions() {
    let items = parse_events(
        r#"[{"external_event_id": "a", "recurrence_id": "2026-03-16T14:00:00Z",
             "starts_at": "2026-03-17T14:00:00Z", "ends_at": "2026-03-17T15:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T15:00:00Z",
             "ends_at": "2026-03-02T14:00:00Z", "timezone": "America/New_York",
             "recurrence": "RRULE:FREQ=WEEKLY\nEXDATE:20260323T140000Z\nRDATE;TZID=Europe/Berlin:20260324T150000"}]"#,
        &mut || true,
    );
    let events: Vec<_> = items.unwrap().into_iter().map(event).collect();
    assert_eq!(events[0].recurrence_id, Some(When::At(at("2026-03-16T13:00:00Z"))));
    assert_eq!(events[1].span, times("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"));
    assert_eq!(
        events[1].recurrence.as_deref(),
        Some(
            "RRULE:FREQ=WEEKLY\nRDATE;TZID=Europe/Berlin:20260324T140000\nEXDATE:20260323T130000Z"
        )
    );
}

/// What would be moved beyond the years that there are stays where it was.
#[test]
fn an_override_is_not_moved_beyond_the_years() {
    for id in ["4825-12-01", "4825-12-01T09:00:00Z"] {
        let items = parse_events(
            &format!(
                r#"[{{"external_event_id": "a", "recurrence_id": "{id}", "starts_at": "4825-12-01"}},
                    {{"external_event_id": "a", "starts_at": "9651-12-01", "ends_at": "2026-12-02",
                      "is_all_day": true, "recurrence": "RRULE:FREQ=DAILY"}}]"#
            ),
            &mut || true,
        );
        let events: Vec<_> = items.unwrap().into_iter().map(event).collect();
        assert_eq!(events[0].recurrence_id, Some(id.parse().unwrap()));
    }
}

#[test]
fn an_event_without_an_id_is_refused() {
    for json in [
        "{}",
        r#"{"starts_at": "2026-03-02T09:00:00Z"}"#,
        r#"{"external_event_id": null, "starts_at": "2026-03-02T09:00:00Z"}"#,
        r#"{"external_event_id": "", "starts_at": "2026-03-02T09:00:00Z"}"#,
        r#"{"external_event_id": 7, "starts_at": "2026-03-02T09:00:00Z"}"#,
    ] {
        let rejected = refused(json);
        assert!(rejected.reason.contains("external_event_id"), "{json}: {}", rejected.reason);
        assert_eq!(rejected.external_event_id.unwrap_or_default(), "", "{json}");
    }
}

/// An index entry could not hold it, and one event would undo the whole batch.
#[test]
fn an_id_that_no_index_could_hold_is_refused() {
    let with_id = |id: &str| {
        format!(r#"{{"external_event_id": "{id}", "starts_at": "2026-03-02T09:00:00Z"}}"#)
    };
    understood(&with_id(&"x".repeat(2000)));
    for id in ["x".repeat(2001), "é".repeat(1001), "x".repeat(10_000_000)] {
        let rejected = refused(&with_id(&id));
        assert!(rejected.reason.contains("1 to 2000 bytes"), "{}", rejected.reason);
        assert_eq!(rejected.external_event_id, Some(id));
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for json in [
        "null",
        "true",
        "7",
        r#""abc""#,
        "[]",
        r#"["abc", null, null, "title", "2026-03-02T09:00:00Z"]"#,
        r#"[{"external_event_id": "a", "starts_at": "2026-03-02"}]"#,
    ] {
        let rejected = refused(json);
        assert_eq!(rejected.external_event_id, None, "{json}");
        let told = rejected.reason.contains("object") && rejected.reason.contains(json);
        assert!(told, "{json}: {}", rejected.reason);
    }
}
