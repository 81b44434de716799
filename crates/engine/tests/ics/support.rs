//! Fixtures, and streams read in few words.

use calendar_engine::batch::write_events;
use calendar_engine::event::Event;
use calendar_engine::ics::{self, Parsed};
use calendar_engine::time::Zone;
use calendar_engine::{Error, Result};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The zone of a calendar whose fixture names none.
const ZONE: &str = "America/New_York";

/// `NAME.ics` as bytes, and `NAME.json`: what it means.
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) stream: Vec<u8>,
    pub(crate) meaning: Meaning,
}

/// What a stream means in a calendar with this zone and owner.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Meaning {
    zone: Option<String>,
    owner: Vec<String>,
    /// As [`write_events`] writes them, without nulls.
    pub(crate) events: Vec<Value>,
    pub(crate) rejected: Vec<Value>,
    /// UIDs of which all that is known is there.
    whole: Vec<String>,
    /// In place of events, for what is no whole iCalendar stream.
    pub(crate) error: Option<String>,
}

impl Fixture {
    pub(crate) fn all() -> Vec<Self> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ics/fixtures");
        let mut paths: Vec<PathBuf> =
            directory.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "ics"));
        paths.iter().map(|path| Self::read(path)).collect()
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::all().into_iter().find(|fixture| fixture.name == name).unwrap()
    }

    fn read(path: &Path) -> Self {
        let meaning = std::fs::read_to_string(path.with_extension("json"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            stream: std::fs::read(path).unwrap(),
            meaning: serde_json::from_str(&meaning)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        }
    }

    pub(crate) fn zone(&self) -> Zone {
        zone(self.meaning.zone.as_deref().unwrap_or(ZONE))
    }

    /// Reads bytes as this fixture's calendar.
    pub(crate) fn parse(&self, stream: &[u8]) -> Result<Parsed> {
        let owner: Vec<&str> = self.meaning.owner.iter().map(String::as_str).collect();
        ics::parse(&ics::decode(stream), &self.zone(), &owner, &mut || true)
    }

    /// Panics where `parsed` is not what this fixture means.
    pub(crate) fn assert_meaning(&self, parsed: Result<Parsed>, context: &str) {
        let Meaning { events, rejected, whole, error, .. } = &self.meaning;
        let name = &self.name;
        match parsed {
            Ok(parsed) => {
                assert_eq!(*error, None, "{name} {context}: read in spite of the error wanted");
                let found = written(&parsed.events);
                for (found, wanted) in found.iter().zip(events) {
                    assert_eq!(found, wanted, "{name} {context}");
                }
                let ids = |events: &[Value]| {
                    events.iter().map(|e| e["external_event_id"].to_string()).collect::<Vec<_>>()
                };
                assert_eq!(ids(&found), ids(events), "{name} {context}");
                let refused: Vec<_> = parsed
                    .rejected
                    .iter()
                    .map(|r| without_nulls(serde_json::json!({"uid": r.uid, "reason": r.reason})))
                    .collect();
                assert_eq!(refused, *rejected, "{name} {context}");
                assert_eq!(parsed.whole, *whole, "{name} {context}");
            }
            Err(found) => {
                assert_eq!(Some(found.to_string()), *error, "{name} {context}");
            }
        }
    }
}

/// Events as JSON, without nulls.
pub(crate) fn written(events: &[Event]) -> Vec<Value> {
    let values: Vec<Value> = serde_json::from_str(&write_events(events)).unwrap();
    values.into_iter().map(without_nulls).collect()
}

fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, field| !field.is_null());
    }
    value
}

pub(crate) fn zone(name: &str) -> Zone {
    Zone::iana(name).unwrap()
}

/// Reads a stream in the calendar of a fixture without zone and owner.
pub(crate) fn parse(text: &str) -> Result<Parsed> {
    ics::parse(text, &zone(ZONE), &[], &mut || true)
}

/// The events of a VCALENDAR with these lines.
pub(crate) fn events_of(lines: &[&str]) -> Result<Vec<Event>> {
    let text = format!("BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n", lines.join("\r\n"));
    let parsed = parse(&text)?;
    match parsed.rejected.first() {
        Some(rejected) => Err(Error::invalid(rejected.reason.clone())),
        None => Ok(parsed.events),
    }
}
