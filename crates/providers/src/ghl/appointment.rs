//! Appointments of ours, and their contacts.

use super::entry::{Entry, entries};
use super::member;
use super::time::{Time, iso};
use crate::answers::{Answer, Asked, of_status};
use crate::proof::Shown;
use crate::{Changes, Malformed, OwnEvent, Version, Written};
use engine::Interval;
use engine::event::When;
use engine::time::{Instant, Zone, zone_named};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Precedes a booking's id in the description of its appointment.
const MARK: &str = "booking ";

/// An appointment as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: String,
    /// The id of its calendar.
    pub calendar_id: Option<String>,
    contact_id: Option<String>,
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

    fn bare(body: &[u8]) -> Result<Self, Malformed> {
        Self::from_entry(&Entry::read_bare(body)?)
    }

    fn from_entry(entry: &Entry) -> Result<Self, Malformed> {
        let id = entry.id().ok_or_else(|| Malformed("the appointment has no id".into()))?;
        let text = |key| entry.text(key).map(str::to_owned);
        Ok(Self {
            id,
            calendar_id: text("calendarId"),
            contact_id: text("contactId"),
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

    /// What has changed here since `written` and is to be written into it. `None` if there is
    /// nothing to write: writing again would notify again.
    pub fn changes(
        &self,
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Option<Map<String, Value>> {
        let changes = Changes::new(own, written);
        let mut members = Map::new();
        if let Some(title) = changes.title(self.title.as_deref().unwrap_or_default()) {
            members.insert("title".into(), title.into());
        }
        let span = own.interval();
        if changes.span().is_some() && !self.is_at(span, &own.timezone) {
            members.insert("startTime".into(), iso(span.start).into());
            members.insert("endTime".into(), iso(span.end).into());
        }
        // What its user has said of it since, such as that no one came, stays.
        if changes.is_tentative().is_some_and(|is_tentative| is_tentative != self.is_tentative()) {
            members.insert("appointmentStatus".into(), status(own).into());
        }
        if changes.notes(self.notes(own)).is_some() {
            members.insert("description".into(), description(own).into());
        }
        if let Some(place) = changes.place(self.address.as_deref()) {
            members.insert("address".into(), place.into());
        }
        (!members.is_empty()).then_some(members)
    }

    /// Reads the answer to the change of this one.
    pub fn read_changed(
        &self,
        body: &[u8],
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Result<Self, Malformed> {
        Self::bare(body)?.after_change_of(self, own, written)
    }

    /// Reads the answer to [`Location::create`](super::Location::create).
    pub fn read_created(body: &[u8], own: &OwnEvent) -> Result<Self, Malformed> {
        Self::bare(body)?.after_creation(own)
    }

    fn is_at(&self, span: Interval, timezone: &str) -> bool {
        let zone = zone_named(timezone).unwrap_or(Zone::UTC);
        let when = |time: Option<Time>| time.map(|time| time.when(&zone));
        (when(self.start), when(self.end)) == (Some(When::At(span.start)), Some(When::At(span.end)))
    }

    /// The description without the booking's mark.
    fn notes(&self, own: &OwnEvent) -> Option<&str> {
        let description = self.description.as_deref()?;
        Some(description.strip_suffix(&mark_of(own)).unwrap_or(description))
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

impl Shown for Appointment {
    const NAME: &'static str = "appointment";

    fn shown_id(&self) -> &str {
        &self.id
    }

    fn shows_other_time(&self, own: &OwnEvent) -> bool {
        // A local time may be of another zone.
        let differs = |shown: Option<Time>, at: Instant| match shown {
            Some(Time::At(shown)) => shown != at,
            Some(Time::Local(_) | Time::Date(_)) | None => false,
        };
        let span = own.interval();
        differs(self.start, span.start) || differs(self.end, span.end)
    }
}

/// The appointments of a list that can be a booking's.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Those with the booking's mark.
    pub marked: Vec<Appointment>,
    /// Those at its time and with its title, of which the list shows no description.
    pub bare: Vec<Appointment>,
}

impl Candidates {
    /// Reads the answer to [`Location::appointments`](super::Location::appointments).
    pub fn read(body: &[u8], own: &OwnEvent) -> Result<Self, Malformed> {
        let mut candidates = Self::default();
        for entry in entries(body)?.flatten().filter(|entry| !entry.is_deleted()) {
            let Ok(appointment) = Appointment::from_entry(&entry) else { continue };
            if mark(&entry) == Some(own.id) {
                candidates.marked.push(appointment);
            } else if appointment.description.is_none()
                && !appointment.is_gone()
                && appointment.could_be(own)
            {
                candidates.bare.push(appointment);
            }
        }
        Ok(candidates)
    }
}

impl Appointment {
    /// Whether it is at the booking's time and has its title.
    fn could_be(&self, own: &OwnEvent) -> bool {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        self.is_at(own.interval(), &own.timezone)
            && words(self.title.as_deref().unwrap_or_default()) == words(&own.title)
    }

    /// Whether an appointment that was read by itself is the booking's: by its mark, or, where
    /// it shows no description either, by its contact.
    pub fn is_of(&self, own: &OwnEvent, contact: &Contact) -> bool {
        match self.description.as_deref() {
            Some(description) => marked(description) == Some(own.id),
            None => self.contact_id.as_ref() == Some(&contact.id),
        }
    }
}

/// The description of a booking's appointment, which contains its mark.
pub(super) fn description(own: &OwnEvent) -> String {
    match own.notes.as_deref() {
        Some(notes) => format!("{notes}\n\n{}", mark_of(own)),
        None => mark_of(own),
    }
}

/// The status of a booking's appointment.
pub(super) fn status(own: &OwnEvent) -> &'static str {
    if own.is_tentative { "new" } else { "confirmed" }
}

fn mark_of(own: &OwnEvent) -> String {
    format!("{MARK}{}", own.id)
}

/// The booking whose mark an appointment has. The last mark counts, because the notes
/// come first.
pub(super) fn mark(entry: &Entry) -> Option<Uuid> {
    marked(entry.text("description")?)
}

fn marked(description: &str) -> Option<Uuid> {
    let (_, id) = description.rsplit_once(MARK)?;
    Uuid::try_parse(id.get(..36)?).ok()
}

/// The kind of an answer to a request about one appointment.
pub fn answer(asked: Asked, status: StatusCode, body: &[u8]) -> Answer {
    let is_proof = || match asked {
        Asked::Remove => {
            body.trim_ascii().is_empty() || member::<Map<String, Value>>(body, "").is_ok()
        }
        Asked::Create | Asked::Change => Appointment::bare(body).is_ok(),
        _ => Appointment::read(body).is_ok(),
    };
    let is_page = || serde_json::from_slice::<Value>(body).is_err();
    match of_status(status) {
        Answer::Proof if is_proof() => Answer::Proof,
        Answer::Proof => Answer::OtherPage,
        // A gateway on the way, which knows nothing of the contents.
        Answer::RefusedContent if is_page() => Answer::Refused,
        other => other,
    }
}
