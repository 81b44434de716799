//! Events and elements in short form.

use calendar_engine::Interval;
use calendar_engine::batch::{Item, Rejected, parse_events};
use calendar_engine::event::{Event, Span};
use calendar_engine::time::{Instant, parse_instant};

/// A VTIMEZONE that no IANA zone is like.
pub(crate) const OWN_ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\n\
    DTSTART:19700101T000000\r\nTZOFFSETFROM:+0137\r\nTZOFFSETTO:+0137\r\n\
    END:STANDARD\r\nEND:VTIMEZONE";

/// An event that is in order but for these members.
pub(crate) fn with(members: &str) -> String {
    if members.contains("starts_at") {
        format!(r#"{{"external_event_id": "a", {members}}}"#)
    } else {
        format!(r#"{{"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z", {members}}}"#)
    }
}

pub(crate) fn only(json: &str) -> Item {
    let mut items = parse_events(&format!("[ {json} ]"), &mut || true).unwrap();
    assert_eq!(items.len(), 1);
    items.remove(0)
}

pub(crate) fn understood(json: &str) -> Event {
    event(only(json))
}

pub(crate) fn event(item: Item) -> Event {
    match item {
        Item::Event(event, _) => *event,
        Item::Rejected(rejected) => panic!("{rejected:?}"),
    }
}

pub(crate) fn refused(json: &str) -> Rejected {
    match only(json) {
        Item::Event(event, _) => panic!("{json:.200} was understood as {event:?}"),
        Item::Rejected(rejected) => rejected,
    }
}

pub(crate) fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub(crate) fn times(start: &str, end: &str) -> Span {
    Span::Times(Interval::new(at(start), at(end)))
}

pub(crate) fn dates(first: &str, end: &str) -> Span {
    Span::Dates(first.parse().unwrap(), end.parse().unwrap())
}
