//! Batches of provider events: what is understood, and what is refused, by name.

use calendar_engine::Interval;
use calendar_engine::batch::{Item, Rejected, parse_events, write_events};
use calendar_engine::event::{Event, Span, Status, Transparency, When};
use calendar_engine::rfc5545::Duration;
use calendar_engine::time::{Instant, Offsets, parse_instant};
use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

/// A VTIMEZONE that no IANA zone is like.
const OWN_ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\n\
    DTSTART:19700101T000000\r\nTZOFFSETFROM:+0137\r\nTZOFFSETTO:+0137\r\n\
    END:STANDARD\r\nEND:VTIMEZONE";

#[test]
fn every_key_is_understood() {
    let json = r#"[{
        "external_event_id": "abc",
        "recurrence_id": "2026-03-02T09:00:00-05:00",
        "recurrence_range": "THISANDFUTURE",
        "title": "Überraschung \u00e0 \"deux\"",
        "starts_at": "2026-03-02T10:00:00.5-05:00",
        "ends_at": "2026-03-02T16:30:00Z",
        "is_all_day": false,
        "status": "tentative",
        "transparency": "transparent",
        "declined": true,
        "recurrence": null,
        "timezone": "America/New_York",
        "etag": "\"3\"",
        "updated_at": "2026-03-01T00:00:00Z",
        "booking_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "raw": {"id" : "abc", "n": [1, 2]},
        "a key of the future": {"is": "ignored"}
    }]"#;
    let [Item::Event(event, raw)] = &parse_events(json, &mut || true).unwrap()[..] else {
        panic!("refused")
    };
    assert_eq!(
        **event,
        Event {
            external_event_id: "abc".into(),
            recurrence_id: Some(When::At(at("2026-03-02T14:00:00Z"))),
            this_and_future: true,
            title: Some("Überraschung à \"deux\"".into()),
            span: times("2026-03-02T15:00:00.500Z", "2026-03-02T16:30:00Z"),
            status: Status::Tentative,
            transparency: Transparency::Transparent,
            declined: true,
            recurrence: None,
            timezone: Some("America/New_York".into()),
            vtimezone: None,
            duration: None,
            sequence: 0,
            repairs: Vec::new(),
            etag: Some("\"3\"".into()),
            updated_at: Some(at("2026-03-01T00:00:00Z")),
            booking_id: Some("0f8fad5b-d9cb-469f-a165-70867728950e".into()),
        }
    );
    assert_eq!(raw.as_ref().unwrap().get(), r#"{"id" : "abc", "n": [1, 2]}"#);
}

#[test]
fn an_id_and_a_start_are_enough() {
    let event = understood(r#"{"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z"}"#);
    assert_eq!(event, plain("a", times("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z")));
}

#[test]
fn null_is_like_an_absent_key() {
    let nulls = r#"{"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z",
        "recurrence_id": null, "recurrence_range": null, "title": null, "ends_at": null,
        "is_all_day": null, "status": null, "transparency": null, "declined": null,
        "recurrence": null, "timezone": null, "vtimezone": null, "etag": null,
        "updated_at": null, "raw": null}"#;
    let event = understood(nulls);
    assert_eq!(event, plain("a", times("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z")));
}

#[test]
fn dates_make_an_event_all_day_unless_it_says_otherwise() {
    for (members, span) in [
        (r#""starts_at": "2026-03-02""#, dates("2026-03-02", "2026-03-03")),
        (
            r#""starts_at": "2026-03-02", "ends_at": "2026-03-05""#,
            dates("2026-03-02", "2026-03-05"),
        ),
        // A last date equal to the first is one day.
        (
            r#""starts_at": "2026-03-02", "ends_at": "2026-03-02""#,
            dates("2026-03-02", "2026-03-03"),
        ),
        // Midnights with an offset: the date is what counts.
        (
            r#""starts_at": "2026-03-02T00:00:00+13:00", "ends_at": "2026-03-03T00:00:00+13:00",
               "is_all_day": true"#,
            dates("2026-03-02", "2026-03-03"),
        ),
        (
            r#""starts_at": "2026-03-02T00:00:00.0000000", "is_all_day": true"#,
            dates("2026-03-02", "2026-03-03"),
        ),
    ] {
        let event = understood(&format!(r#"{{"external_event_id": "a", {members}}}"#));
        assert_eq!(event.span, span, "{members}");
    }
}

#[test]
fn a_cancelled_occurrence_stands_where_it_stood() {
    for (id, span) in [
        ("2026-03-02T09:00:00Z", times("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z")),
        ("2026-03-02", dates("2026-03-02", "2026-03-03")),
    ] {
        let json = format!(
            r#"{{"external_event_id": "a", "recurrence_id": "{id}", "status": "cancelled"}}"#
        );
        assert_eq!(understood(&json).span, span);
    }
}

#[test]
fn a_zone_is_known_by_its_iana_or_windows_name_and_else_forgotten() {
    for (name, zone) in [
        ("Europe/Berlin", Some("Europe/Berlin")),
        ("Eastern Standard Time", Some("America/New_York")),
        ("america/new_york", Some("America/New_York")),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", Some("Europe/Berlin")),
        ("UTC+2", Some("Etc/GMT-2")),
        ("Mars/Olympus_Mons", None),
        ("", None),
    ] {
        let json = with(&format!(r#""timezone": "{name}""#));
        assert_eq!(understood(&json).timezone.as_deref(), zone, "{name}");
    }
}

/// No zone of IANA has an offset of half an hour and no changes.
#[test]
fn a_fixed_offset_without_a_name_is_kept_as_a_vtimezone() {
    let event = understood(&with(r#""timezone": "UTC+5:30""#));
    assert_eq!(event.timezone, None);
    let text = event.vtimezone.unwrap();
    let zone = calendar_engine::ics::custom_zone(&text, &mut || true).unwrap();
    assert_eq!(zone.offset_at(at("2026-07-01T00:00:00Z")), 19_800);
}

#[test]
fn a_duration_counts_for_a_series_only() {
    let of = |members: &str| understood(&with(members)).duration.map(|own| own.to_string());
    let span = r#""starts_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-03T09:00:00Z""#;
    let series = r#""recurrence": "RRULE:FREQ=WEEKLY""#;
    assert_eq!(of(&format!(r#"{span}, {series}, "duration": "P1D""#)), Some("P1D".into()));
    assert_eq!(of(&format!(r#"{span}, {series}, "duration": "PT24H""#)), None);
    assert_eq!(of(&format!(r#"{span}, "duration": "P1D""#)), None);
    // Where no end is given, it is that of the duration, by the event's clock.
    let event = understood(&with(
        r#""starts_at": "2026-03-07T17:00:00Z", "duration": "P1D", "timezone": "America/New_York""#,
    ));
    assert_eq!(event.span, times("2026-03-07T17:00:00Z", "2026-03-08T16:00:00Z"));
}

#[test]
fn a_vtimezone_is_kept_as_it_came() {
    let text = serde_json::to_string(OWN_ZONE).unwrap();
    let event = understood(&with(&format!(r#""vtimezone": {text}"#)));
    assert_eq!(event.vtimezone.as_deref(), Some(OWN_ZONE));
}

#[test]
fn recurrence_is_checked_and_kept_as_it_came() {
    let lines = "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20260309T090000Z";
    let text = serde_json::to_string(lines).unwrap();
    let event = understood(&with(&format!(r#""recurrence": {text}"#)));
    assert_eq!(event.recurrence.as_deref(), Some(lines));
    assert_eq!(understood(&with(r#""recurrence": " \n ""#)).recurrence, None);
}

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

#[test]
fn the_rest_of_a_batch_lands_in_order() {
    let items = parse_events(
        r#"[{"external_event_id": "a", "starts_at": "2026-03-02"}, 7, {"external_event_id": "b"},
            {"external_event_id": "c", "starts_at": 7},
            {"external_event_id": "d", "starts_at": "2026-03-02"}]"#,
        &mut || true,
    );
    let told: Vec<_> = items
        .unwrap()
        .into_iter()
        .map(|item| match item {
            Item::Event(event, _) => Ok(event.external_event_id),
            Item::Rejected(rejected) => Err(rejected.external_event_id),
        })
        .collect();
    let name = |name: &str| name.to_owned();
    assert_eq!(
        told,
        [Ok(name("a")), Err(None), Err(Some(name("b"))), Err(Some(name("c"))), Ok(name("d"))]
    );
}

#[test]
fn of_several_versions_of_an_event_the_last_updated_counts() {
    let version = |title: &str, updated_at: &str| {
        format!(
            r#"{{"external_event_id": "a", "starts_at": "2026-03-02", "title": "{title}",
                "updated_at": {updated_at}}}"#
        )
    };
    let (old, new) = (r#""2026-01-01T00:00:00Z""#, r#""2026-01-02T00:00:00Z""#);
    for (first, second, title) in [
        (old, new, "second"),
        (new, old, "first"),
        (new, new, "second"),
        ("null", "null", "second"),
        ("null", old, "second"),
        (old, "null", "first"),
    ] {
        let json = format!("[{},{}]", version("first", first), version("second", second));
        let [Item::Event(event, _)] = &parse_events(&json, &mut || true).unwrap()[..] else {
            panic!("{json}")
        };
        assert_eq!(event.title.as_deref(), Some(title), "{first} {second}");
    }
}

#[test]
fn a_master_and_its_overrides_are_several_events() {
    let items = parse_events(
        r#"[{"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z",
             "recurrence_id": "2026-03-02T09:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z",
             "recurrence_id": "2026-03-03T09:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T10:00:00Z",
             "recurrence_id": "2026-03-03T04:00:00-05:00"}]"#,
        &mut || true,
    );
    let starts: Vec<_> = items.unwrap().into_iter().map(|item| event(item).span).collect();
    let (nine, ten) = ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z");
    assert_eq!(starts, [times(nine, nine), times(nine, nine), times(ten, ten)]);
}

#[test]
fn a_batch_that_is_no_array_is_an_error() {
    for json in ["", "null", "{}", "7", "[", "[1,]", "[1] 2", r#"{"events": []}"#, "\0"] {
        let error = parse_events(json, &mut || true).unwrap_err().to_string();
        assert!(error.contains("\"events\" must be an array"), "{json}: {error}");
    }
    assert!(parse_events(" [ ] ", &mut || true).unwrap().is_empty());
}

/// `count` events with a VTIMEZONE each; a number in it tells it from others.
fn with_zones(count: usize, number: impl Fn(usize) -> usize) -> String {
    let element = |n: usize| {
        let zone = format!(
            "BEGIN:VTIMEZONE\\nTZID:{}\\nBEGIN:STANDARD\\nDTSTART:19700101T000000\\n\
             TZOFFSETFROM:+0137\\nTZOFFSETTO:+0137\\nRRULE:FREQ=YEARLY\\nEND:STANDARD\\nEND:VTIMEZONE",
            number(n)
        );
        format!(
            r#"{{"external_event_id": "{n}", "starts_at": "2026-03-02", "vtimezone": "{zone}"}}"#
        )
    };
    format!("[{}]", (0..count).map(element).collect::<Vec<_>>().join(","))
}

#[test]
fn a_batch_ends_where_the_tick_says_so() {
    assert!(parse_events("[7]", &mut || false).unwrap_err().is_interrupted());
    // Any call may be the last, and no element is rejected for it.
    let json = with_zones(3, |n| n);
    let mut calls = 0;
    parse_events(&json, &mut || {
        calls += 1;
        true
    })
    .unwrap();
    assert!(calls > 3, "{calls}");
    for last in 1..=calls {
        let mut left = last;
        let error = parse_events(&json, &mut || {
            left -= 1;
            left > 0
        });
        assert!(error.unwrap_err().is_interrupted(), "{last}");
    }
}

/// Reading a VTIMEZONE takes ticks, so that their number tells how often it was.
#[test]
fn a_vtimezone_is_read_once_in_a_batch() {
    let ticks = |json: &str| {
        let mut ticks = 0;
        let items = parse_events(json, &mut || {
            ticks += 1;
            true
        });
        assert!(items.unwrap().iter().all(|item| matches!(item, Item::Event(..))));
        ticks
    };
    let one = ticks(&with_zones(1, |n| n));
    assert!(one > 1);
    assert_eq!(ticks(&with_zones(1000, |n| n)), 1000 * one);
    assert_eq!(ticks(&with_zones(1000, |_| 0)), 999 + one);
    assert_eq!(ticks(&with_zones(1000, |n| n % 2)), 998 + 2 * one);
}

#[test]
fn a_wrong_vtimezone_is_left_out_of_every_element() {
    let json = with_zones(3, |_| 0).replace("TZOFFSETTO", "TZOFFSET");
    for item in parse_events(&json, &mut || true).unwrap() {
        let event = event(item);
        assert_eq!(event.vtimezone, None);
        assert!(event.repairs[0].contains("VTIMEZONE"), "{event:?}");
    }
}

#[test]
fn a_huge_value_is_named_in_few_words() {
    let huge = "9".repeat(10_000_000);
    let endless = format!("2026-03-02T09:00:00.{}Z", "0".repeat(10_000_000));
    for members in [
        format!(r#""starts_at": "{huge}""#),
        format!(r#""starts_at": "{huge}", "is_all_day": true"#),
        format!(r#""starts_at": "{endless}", "ends_at": "2026-03-01T09:00:00Z""#),
        format!(r#""updated_at": "{huge}""#),
        format!(r#""recurrence_id": "{huge}""#),
        format!(r#""recurrence_id": "2026-03-02", "recurrence_range": "{huge}""#),
        format!(r#""recurrence": "{huge}""#),
        format!(r#""recurrence": "RRULE:FREQ={huge}""#),
        format!(r#""status": "{huge}""#),
        format!(r#""transparency": "{huge}""#),
        format!(r#""vtimezone": "{huge}""#),
        format!(r#""is_all_day": "{huge}""#),
        format!(r#""title": {huge}"#),
        format!(r#""title": ["{huge}"]"#),
    ] {
        let reason = match only(&with(&members)) {
            Item::Event(event, _) => event.repairs.join("; "),
            Item::Rejected(rejected) => rejected.reason,
        };
        assert!((1..1000).contains(&reason.len()), "{members:.100}: {} bytes", reason.len());
    }
    assert!(refused(&format!(r#""{huge}""#)).reason.len() < 600);
}

#[test]
fn depth_does_not_overflow_the_stack() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert!(
        parse_events(&deep, &mut || true)
            .unwrap()
            .iter()
            .all(|item| matches!(item, Item::Rejected(_)))
    );
    for key in ["raw", "another"] {
        let event = understood(&with(&format!(r#""{key}": {deep}"#)));
        assert_eq!(event.external_event_id, "a");
    }
    assert_eq!(understood(&with(&format!(r#""title": {deep}"#))).title, None);
    refused(&with(&format!(r#""starts_at": {deep}"#)));
}

/// `PROPTEST_CASES`, or the usual number. Seeds of failures are kept in
/// `batch.regressions`, to be tried first from then on.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn events_written_are_read_back(events in prop::collection::vec(any_event(), 0..5)) {
        // Of several with one id, one is read back.
        let mut events = events;
        for (n, event) in events.iter_mut().enumerate() {
            event.external_event_id.push_str(&n.to_string());
        }
        let items = parse_events(&write_events(&events), &mut || true).unwrap();
        let read: Vec<_> = items.into_iter().map(event).collect();
        prop_assert_eq!(read, events);
    }

    /// Whatever comes, each element gives an event or a refusal.
    #[test]
    fn no_json_is_too_strange(elements in prop::collection::vec(strange_event(), 0..5)) {
        let json = format!("[{}]", elements.join(","));
        let items = parse_events(&json, &mut || true).unwrap();
        prop_assert!(items.len() <= elements.len());
        for item in items {
            if let Item::Event(event, _) = item {
                let events = [*event];
                let again = parse_events(&write_events(&events), &mut || true).unwrap();
                prop_assert!(matches!(&again[..], [Item::Event(..)]), "{:?}", events);
            }
        }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let text = || prop::option::of(any::<String>());
    (
        (".{1,20}", prop::option::of(any_when()), any::<bool>(), text(), any_span()),
        (
            select(vec![Status::Confirmed, Status::Tentative, Status::Cancelled]),
            select(vec![Transparency::Opaque, Transparency::Transparent]),
            any::<bool>(),
        ),
        prop::option::of(select(vec![
            "FREQ=DAILY",
            "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20260309T090000Z",
            "RDATE;TZID=\"Europe/Berlin\":20260309T090000\r\nRRULE:FREQ=YEARLY\r\n",
        ])),
        prop::option::of(select(vec!["America/New_York", "UTC", "Asia/Kathmandu"])),
        prop::option::of(Just(OWN_ZONE)),
        (text(), prop::option::of(any_instant()), text(), 0..3_i32),
        (prop::collection::vec(any::<String>(), 0..3), any::<bool>()),
    )
        .prop_map(|(what, how, recurrence, timezone, vtimezone, marks, (repairs, nominal))| {
            let (etag, updated_at, booking_id, sequence) = marks;
            let (external_event_id, recurrence_id, this_and_future, title, span) = what;
            let (status, transparency, declined) = how;
            let is_override = recurrence_id.is_some();
            Event {
                external_event_id,
                recurrence_id,
                this_and_future: this_and_future && is_override,
                title,
                span,
                status,
                transparency,
                declined,
                recurrence: recurrence.filter(|_| !is_override).map(str::to_owned),
                timezone: timezone.map(str::to_owned),
                vtimezone: vtimezone.map(str::to_owned),
                duration: Duration::parse("P1DT2H").filter(|_| {
                    nominal && recurrence.is_some() && !is_override && !span.is_all_day()
                }),
                sequence,
                repairs,
                etag,
                updated_at,
                booking_id,
            }
        })
}

fn any_when() -> impl Strategy<Value = When> {
    prop_oneof![any_date().prop_map(When::Date), any_instant().prop_map(When::At)]
}

fn any_span() -> impl Strategy<Value = Span> {
    prop_oneof![
        (any_date(), any_date())
            .prop_filter("a length", |(first, end)| first != end)
            .prop_map(|(a, b)| Span::Dates(a.min(b), a.max(b))),
        (any_instant(), any_instant())
            .prop_map(|(a, b)| Span::Times(Interval::new(a.min(b), a.max(b)))),
    ]
}

/// From 0001-01-01 to 9999-12-31.
fn any_date() -> impl Strategy<Value = NaiveDate> {
    (1..=3_652_059).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).unwrap())
}

fn any_instant() -> impl Strategy<Value = Instant> {
    let (first, last) = (at("0001-01-01T00:00:00Z").0, at("9999-12-31T23:59:59.999999Z").0);
    prop_oneof![
        first..=last,
        (first / 1_000_000..=last / 1_000_000).prop_map(|second| second * 1_000_000),
    ]
    .prop_map(Instant)
}

/// An object of known keys with values of every type, most of them wrong.
fn strange_event() -> impl Strategy<Value = String> {
    let key = select(vec![
        "external_event_id",
        "recurrence_id",
        "recurrence_range",
        "title",
        "starts_at",
        "ends_at",
        "is_all_day",
        "status",
        "transparency",
        "declined",
        "recurrence",
        "timezone",
        "vtimezone",
        "etag",
        "updated_at",
        "raw",
    ]);
    let likely = select(vec![
        "2026-03-02",
        "2026-03-02T09:00:00Z",
        "9999-12-31",
        "0001-01-01T00:00:00Z",
        "cancelled",
        "opaque",
        "THISANDFUTURE",
        "RRULE:FREQ=DAILY",
        "Europe/Berlin",
        OWN_ZONE,
        "",
    ]);
    let value = prop_oneof![
        12 => likely.prop_map(|text| serde_json::to_string(text).unwrap()),
        2 => any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        2 => Just("null".to_owned()),
        1 => any::<bool>().prop_map(|flag| flag.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => select(vec!["{}", "[]", "[[1]]", "1e999", "\"\\ud800\""]).prop_map(str::to_owned),
    ];
    prop::collection::vec((key, value), 0..8).prop_map(|members| {
        let mut json = r#"{"external_event_id":"a""#.to_owned();
        for (key, value) in members.into_iter().filter(|(key, _)| *key != "external_event_id") {
            json.push_str(&format!(",\"{key}\":{value}"));
        }
        json + "}"
    })
}

/// An event that is in order but for these members.
fn with(members: &str) -> String {
    if members.contains("starts_at") {
        format!(r#"{{"external_event_id": "a", {members}}}"#)
    } else {
        format!(r#"{{"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z", {members}}}"#)
    }
}

fn plain(id: &str, span: Span) -> Event {
    Event {
        external_event_id: id.into(),
        recurrence_id: None,
        this_and_future: false,
        title: None,
        span,
        status: Status::Confirmed,
        transparency: Transparency::Opaque,
        declined: false,
        recurrence: None,
        timezone: None,
        vtimezone: None,
        duration: None,
        sequence: 0,
        repairs: Vec::new(),
        etag: None,
        updated_at: None,
        booking_id: None,
    }
}

fn only(json: &str) -> Item {
    let mut items = parse_events(&format!("[ {json} ]"), &mut || true).unwrap();
    assert_eq!(items.len(), 1);
    items.remove(0)
}

fn understood(json: &str) -> Event {
    event(only(json))
}

fn event(item: Item) -> Event {
    match item {
        Item::Event(event, _) => *event,
        Item::Rejected(rejected) => panic!("{rejected:?}"),
    }
}

fn refused(json: &str) -> Rejected {
    match only(json) {
        Item::Event(event, _) => panic!("{json:.200} was understood as {event:?}"),
        Item::Rejected(rejected) => rejected,
    }
}

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn times(start: &str, end: &str) -> Span {
    Span::Times(Interval::new(at(start), at(end)))
}

fn dates(first: &str, end: &str) -> Span {
    Span::Dates(first.parse().unwrap(), end.parse().unwrap())
}
