//! Random events and random JSON.

use crate::support::{OWN_ZONE, at, event};
use calendar_engine::Interval;
use calendar_engine::batch::{Item, parse_events, write_events};
use calendar_engine::event::{Event, Span, Status, Transparency, When};
use calendar_engine::rfc5545::Duration;
use calendar_engine::time::Instant;
use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

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
