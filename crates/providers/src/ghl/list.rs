//! What the lists of appointments and of blocked slots hold.

use super::appointment::mark;
use super::member;
use crate::{Deleted, Malformed, Page, Rejected};
use engine::Interval;
use engine::event::{Event, Span, Status, Transparency};
use engine::time::{Instant, parse_instant};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// An entry of a list. Whatever a member holds, the rest can be read.
pub(super) struct Entry(Map<String, Value>);

/// Reads the answer to [`Location::appointments`](super::Location::appointments) or
/// [`Location::blocked_slots`](super::Location::blocked_slots).
pub fn page(body: &[u8]) -> Result<Page, Malformed> {
    let masters: HashSet<String> = entries(body)?
        .filter_map(|entry| entry.ok()?.text("masterEventId").map(str::to_owned))
        .collect();
    let mut page = Page::default();
    for entry in entries(body)? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(rejected) => {
                page.rejected.push(rejected);
                continue;
            }
        };
        if let (true, Some(id)) = (entry.is_deleted(), entry.id()) {
            page.deleted.push(Deleted { external_event_id: id.to_owned(), recurrence_id: None });
            continue;
        }
        match entry.event(&masters) {
            Ok(event) => page.events.push(event),
            Err(reason) => page.rejected.push(Rejected {
                external_event_id: entry.id().map(str::to_owned),
                reason: reason.into(),
            }),
        }
    }
    Ok(page)
}

/// The entries of a list, one at a time.
pub(super) fn entries(
    body: &[u8],
) -> Result<impl Iterator<Item = Result<Entry, Rejected>>, Malformed> {
    #[derive(Deserialize)]
    struct Answer<'b> {
        #[serde(borrow)]
        events: Vec<&'b RawValue>,
    }
    let Answer { events } = member(body, "a list of events")?;
    Ok(events.into_iter().map(|event| {
        serde_json::from_str(event.get()).map(Entry).map_err(|_| Rejected {
            external_event_id: None,
            reason: "an event must be a JSON object".into(),
        })
    }))
}

impl Entry {
    /// Reads `{"event": …}`.
    pub(super) fn read(body: &[u8]) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        struct Answer {
            event: Map<String, Value>,
        }
        member(body, "an event").map(|Answer { event }| Self(event))
    }

    /// Reads an event that stands alone.
    pub(super) fn read_bare(body: &[u8]) -> Result<Self, Malformed> {
        member(body, "an event").map(Self)
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.text("id").filter(|id| !id.is_empty())
    }

    /// A member, where it is text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    pub(super) fn instant(&self, key: &str) -> Option<Instant> {
        self.text(key).and_then(parse_instant)
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.0.get("deleted").and_then(Value::as_bool).unwrap_or(false)
    }

    fn event(&self, masters: &HashSet<String>) -> Result<Event, &'static str> {
        let id = self.id().ok_or("id must be a string")?;
        let time =
            |key| self.instant(key).ok_or("startTime and endTime must be ISO 8601 with an offset");
        let (start, end) = (time("startTime")?, time("endTime")?);
        if end < start {
            return Err("endTime must not lie before startTime");
        }
        let (status, transparency) = match self.text("appointmentStatus") {
            Some("cancelled" | "invalid") => (Status::Cancelled, Transparency::Opaque),
            // It took place as far as its owner goes, and takes no time any more.
            Some("noshow") => (Status::Confirmed, Transparency::Transparent),
            _ => (Status::Confirmed, Transparency::Opaque),
        };
        Ok(Event {
            external_event_id: id.to_owned(),
            recurrence_id: None,
            this_and_future: false,
            title: self.text("title").map(str::to_owned),
            span: Span::Times(Interval::new(start, end)),
            status,
            transparency,
            declined: false,
            recurrence: self.rule(masters).map(str::to_owned),
            timezone: None,
            vtimezone: None,
            etag: None,
            updated_at: self.instant("dateUpdated"),
            booking_id: mark(self).map(|id| id.to_string()),
        })
    }

    /// The rule of a series whose occurrences are not listed.
    fn rule(&self, masters: &HashSet<String>) -> Option<&str> {
        let is_listed = self.text("masterEventId").is_some() || masters.contains(self.id()?);
        self.text("rrule").filter(|_| !is_listed)
    }
}
