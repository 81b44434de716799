//! Appointments of ours, and their contacts.

use super::entry::{Entry, entries};
use super::member;
use super::time::Time;
use crate::{Malformed, OwnEvent, Version, Written};
use engine::event::When;
use engine::time::{Instant, Zone, zone_named};
use serde::Deserialize;
use uuid::Uuid;

/// Precedes a booking's id in the description of its appointment.
const MARK: &str = "booking ";

/// An appointment as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: String,
    title: Option<String>,
    description: Option<String>,
    start: Option<Time>,
    end: Option<Time>,
    status: Option<String>,
    address: Option<String>,
    is_deleted: bool,
}

/// A person to meet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Contact {
    /// The contact's id.
    pub id: String,
}

impl Contact {
    /// Reads the answer to
    /// [`Location::upsert_contact`](super::Location::upsert_contact).
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        struct Answer {
            contact: Contact,
        }
        member(body, "a contact").map(|Answer { contact }| contact)
    }
}

impl Appointment {
    /// Reads the answer to [`Location::appointment`](super::Location::appointment).
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        Self::from_entry(&Entry::read(body)?)
    }

    /// Reads the answer to [`Location::create`](super::Location::create) or
    /// [`Location::update`](super::Location::update).
    pub fn read_written(body: &[u8]) -> Result<Self, Malformed> {
        Self::from_entry(&Entry::read_bare(body)?)
    }

    fn from_entry(entry: &Entry) -> Result<Self, Malformed> {
        let id = entry.id().ok_or_else(|| Malformed("the appointment has no id".into()))?;
        let text = |key| entry.text(key).map(str::to_owned);
        Ok(Self {
            id,
            title: text("title"),
            description: text("description"),
            start: entry.time("startTime"),
            end: entry.time("endTime"),
            status: entry.status(),
            address: text("address"),
            is_deleted: entry.is_deleted(),
        })
    }

    /// Whether it has been cancelled or deleted.
    pub fn is_gone(&self) -> bool {
        self.is_deleted
            || matches!(self.status.as_deref(), Some("cancelled" | "canceled" | "invalid"))
    }

    /// Whether it awaits confirmation.
    pub(super) fn is_tentative(&self) -> bool {
        self.status.as_deref() == Some("new")
    }

    /// Whether it already agrees with the booking. Writing it again would notify again.
    pub fn says(&self, own: &OwnEvent) -> bool {
        let zone = zone_named(&own.timezone).unwrap_or(Zone::UTC);
        let is_at = |time: Option<Time>, at: Instant| {
            time.map(|time| time.when(&zone)) == Some(When::At(at))
        };
        self.title.as_ref() == Some(&own.title)
            && self.description.as_ref() == Some(&description(own))
            && is_at(self.start, own.span.start)
            && is_at(self.end, own.span.end)
            && self.is_tentative() == own.is_tentative
    }

    /// What the provider has made of the booking.
    pub fn written(self) -> Written {
        Written {
            version: Version { external_event_id: self.id, etag: None },
            // Other addresses are those of places, or telephone numbers.
            meeting_link: self
                .address
                .filter(|a| a.starts_with("https://") || a.starts_with("http://")),
            refused: None,
        }
    }
}

/// The appointments of a list that have the mark of a booking.
pub fn marked(body: &[u8], own: Uuid) -> Result<Vec<Appointment>, Malformed> {
    entries(body)?
        .flatten()
        .filter(|entry| !entry.is_deleted() && mark(entry) == Some(own))
        .map(|entry| Appointment::from_entry(&entry))
        .collect()
}

/// The description of a booking's appointment, which contains its mark.
pub(super) fn description(own: &OwnEvent) -> String {
    let mark = format!("{MARK}{}", own.id);
    match own.notes.as_deref() {
        Some(notes) => format!("{notes}\n\n{mark}"),
        None => mark,
    }
}

/// The booking whose mark an appointment has. The last mark counts, because the notes
/// come first.
pub(super) fn mark(entry: &Entry) -> Option<Uuid> {
    let (_, id) = entry.text("description")?.rsplit_once(MARK)?;
    Uuid::try_parse(id.get(..36)?).ok()
}
