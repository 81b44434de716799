//! Any bytes as an iCalendar stream: what is understood is a valid batch, and takes
//! the same time when it is written and read again.

#![no_main]

use calendar_engine::Interval;
use calendar_engine::batch::{Item, parse_events, write_events};
use calendar_engine::event::{Event, Revision, Status};
use calendar_engine::ics::{Calendar, Parsed, decode, parse, write};
use calendar_engine::recurrence::{Master, Override, Recurrence, Series};
use calendar_engine::time::{Zone, parse_instant};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

#[path = "../../tests/ics/component.rs"]
mod component;

fn read(text: &str, zone: &Zone) -> Option<Parsed> {
    parse(text, zone, &["broker@example.com"], &mut || true).ok()
}

fn written(events: &[Event], zone: &Zone) -> String {
    let components = events.iter().map(|event| component::component(event, zone)).collect();
    write(&Calendar { components, ..Default::default() })
}

/// The occurrences of each UID in the years around the seeds' times; `None` of one
/// that has too many. Overrides that do not count are not written, so events cannot
/// be compared one by one. Those of a cancelled master take no time: an occurrence of
/// another length is written as an override, which is then a cancelled one. Control
/// characters of a UID are not written.
fn occurrences(events: &[Event], zone: &Zone) -> BTreeMap<String, Option<Vec<Interval>>> {
    let mut by_uid: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
    for event in events {
        let uid = event.external_event_id.chars().filter(|c| !c.is_control()).collect();
        by_uid.entry(uid).or_default().push(event);
    }
    by_uid.into_iter().map(|(uid, family)| (uid, occurrences_of(&family, zone))).collect()
}

fn occurrences_of(family: &[&Event], calendar_zone: &Zone) -> Option<Vec<Interval>> {
    let at = |text| parse_instant(text).unwrap();
    let range = Interval::new(at("2025-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
    let revision =
        |event: &Event| Revision { sequence: event.sequence, updated_at: event.updated_at };
    let master = family.iter().find(|event| event.recurrence_id.is_none());
    let zone = component::zone_of(master.unwrap_or(&family[0]), calendar_zone);
    let series = Series {
        master: master.map(|event| Master {
            key: event.status,
            span: event.span,
            recurrence: event.recurrence.as_deref().map(|text| Recurrence::parse(text).unwrap()),
            duration: event.duration,
            revision: revision(event),
        }),
        overrides: (family.iter())
            .filter_map(|event| {
                Some(Override {
                    key: event.status,
                    recurrence_id: event.recurrence_id?,
                    this_and_future: event.this_and_future,
                    span: event.span,
                    cancelled: event.status == Status::Cancelled,
                    duration: event.duration,
                    revision: revision(event),
                })
            })
            .collect(),
        zone: &zone,
        calendar_zone,
    };
    let found = series.occurrences(range, &mut || true).ok()?;
    let taken = found.into_iter().filter(|occurrence| occurrence.key != Status::Cancelled);
    Some(taken.map(|occurrence| occurrence.interval).collect())
}

fuzz_target!(|bytes: &[u8]| {
    let zone = Zone::iana("America/New_York").unwrap();
    let Some(parsed) = read(&decode(bytes), &zone) else { return };

    let items = parse_events(&write_events(&parsed.events), &mut || true).unwrap();
    assert_eq!(items.len(), parsed.events.len());
    for (item, event) in items.into_iter().zip(&parsed.events) {
        let Item::Event(item, _) = item else { panic!("{item:?}: {event:?}") };
        assert_eq!(*item, *event);
    }

    let text = written(&parsed.events, &zone);
    let again = read(&text, &zone).unwrap();
    assert_eq!(again.rejected, []);
    assert_eq!(occurrences(&again.events, &zone), occurrences(&parsed.events, &zone), "{text}");
    assert_eq!(written(&again.events, &zone), text);
});
