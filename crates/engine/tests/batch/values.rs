//! What is understood of an event.

use crate::support::{OWN_ZONE, at, dates, times, understood, with};
use calendar_engine::batch::{Item, parse_events};
use calendar_engine::event::{Event, Span, Status, Transparency, When};
use calendar_engine::time::Offsets;

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
        "evnts": {"is": "not known"}
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
            repairs: vec![r#"an event has no key "evnts": it was left out"#.into()],
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
