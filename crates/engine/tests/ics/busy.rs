//! When the events of a stream take place.

use crate::support::{parse, zone};
use calendar_engine::Interval;
use calendar_engine::event::{Event, Status, Transparency};
use calendar_engine::ics::{Parsed, custom_zone};
use calendar_engine::recurrence::{Master, Override, Recurrence, Series};
use calendar_engine::time::{Zone, parse_instant};
use std::sync::Arc;

/// The events of a VCALENDAR with these lines, in a calendar in New York.
pub(crate) fn read(lines: &str) -> Parsed {
    parse(&format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", lines.trim())).unwrap()
}

pub(crate) fn series_zone(master: &Event) -> Zone {
    match (&master.vtimezone, &master.timezone) {
        (Some(text), _) => Zone::Custom(Arc::new(custom_zone(text, &mut || true).unwrap())),
        (None, Some(name)) => zone(name),
        (None, None) => zone("America/New_York"),
    }
}

/// When they take place from 2026-02-01 to 2026-06-01 (UTC), merged as busy time is.
pub(crate) fn busy_of(parsed: &Parsed) -> Vec<String> {
    let new_york = zone("America/New_York");
    let at = |text| parse_instant(text).unwrap();
    let range = Interval::new(at("2026-02-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    let mut ids: Vec<_> = parsed.events.iter().map(|event| &event.external_event_id).collect();
    ids.dedup();
    let mut found = Vec::new();
    for id in ids {
        let family: Vec<_> =
            parsed.events.iter().filter(|event| event.external_event_id == *id).collect();
        let master = family.iter().find(|event| event.recurrence_id.is_none());
        let own_zone = master.map_or(new_york.clone(), |master| series_zone(master));
        let series = Series {
            master: master.map(|event| Master {
                recurrence: event.recurrence.as_ref().map(|r| Recurrence::parse(r).unwrap()),
                duration: event.duration,
                revision: event.revision(),
                ..Master::new(*event, event.span)
            }),
            overrides: family
                .iter()
                .filter(|event| event.recurrence_id.is_some())
                .map(|event| Override {
                    this_and_future: event.this_and_future,
                    cancelled: event.status == Status::Cancelled,
                    duration: event.duration,
                    revision: event.revision(),
                    ..Override::new(*event, event.recurrence_id.unwrap(), event.span)
                })
                .collect(),
            zone: &own_zone,
            calendar_zone: &new_york,
        };
        let occurrences = series.occurrences(range, &mut || true).unwrap();
        let taken = occurrences.into_iter().filter(|occurrence| {
            occurrence.key.transparency == Transparency::Opaque
                && occurrence.key.status != Status::Cancelled
        });
        found.extend(taken.map(|occurrence| occurrence.interval));
    }
    let shown = |interval: Interval| {
        let text = |at: calendar_engine::time::Instant| at.utc().format("%m-%dT%H:%M").to_string();
        format!("{}/{}", text(interval.start), text(interval.end))
    };
    calendar_engine::interval::merge(found).into_iter().map(shown).collect()
}

/// The busy time of one VEVENT with these lines, and how many repairs it took.
pub(crate) fn event(lines: &str) -> (Vec<String>, usize) {
    let parsed = read(&format!("BEGIN:VEVENT\nUID:1\n{}\nEND:VEVENT", lines.trim()));
    assert_eq!(parsed.rejected, [], "{lines}");
    (busy_of(&parsed), parsed.events.iter().map(|event| event.repairs.len()).sum())
}

#[track_caller]
pub(crate) fn assert_event(lines: &str, busy: &[&str], repairs: usize) {
    assert_eq!(event(lines), (busy.iter().map(ToString::to_string).collect(), repairs), "{lines}");
}

/// A series and its overrides, each a VEVENT.
#[track_caller]
pub(crate) fn assert_series(components: &[&str], busy: &[&str]) {
    let vevents = components.iter().map(|lines| {
        if lines.starts_with("BEGIN") {
            lines.to_string()
        } else {
            format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT")
        }
    });
    let parsed = read(&vevents.collect::<Vec<_>>().join("\n"));
    assert_eq!(parsed.rejected, [], "{components:?}");
    assert_eq!(busy_of(&parsed), busy, "{components:#?}");
}
