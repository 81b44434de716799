//! Interruption, size and depth.

use crate::support::{event, only, refused, understood, with};
use calendar_engine::batch::{Item, parse_events};

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
