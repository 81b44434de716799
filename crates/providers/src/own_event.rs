//! Events of our own: what is written to a provider.

use crate::Page;
use engine::Interval;
use engine::event::Span;
use engine::time::Zone;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// The contents of an event at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEvent {
    /// The database's id of what the event is for. It marks the event at every provider.
    pub id: Uuid,
    /// What it is for.
    pub kind: Kind,
    /// When it takes place. A date stays the date, whatever the zone.
    pub span: Span,
    /// The zone in which times are shown (IANA).
    pub timezone: String,
    /// SUMMARY.
    pub title: String,
    /// DESCRIPTION.
    pub notes: Option<String>,
    /// LOCATION.
    pub place: Option<String>,
    /// Whether it is not confirmed yet.
    pub is_tentative: bool,
    /// Rises with each change of time or status (RFC 5545 section 3.8.7.4).
    pub sequence: i32,
    /// The people to meet. Those with an e-mail address are invited.
    pub attendees: Vec<Person>,
    /// The owner of the calendar, who is the organizer.
    pub owner: Person,
}

/// What an event of our own is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A booking: it takes its time, and what its user changes in its event stays.
    Booking,
    /// A deadline: it takes no time, no one is invited, and what we write replaces what its user
    /// has changed in its event.
    Obligation(Obligation),
}

/// What only the event of a deadline has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Obligation {
    /// A page about it.
    pub url: Option<String>,
    /// Reminders, as minutes before the start; see [`OwnEvent::reminders`].
    pub reminders: Vec<u32>,
}

/// A person, with the ways to reach them that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Full name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

/// The provider's event, as last known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The provider's id of the event, as in [`crate::Page`].
    pub external_event_id: String,
    /// The provider's version mark, if it has one.
    pub etag: Option<String>,
}

/// What the database knows of an event of ours at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The event, as last known.
    pub version: Version,
    /// What our last successful write said. `None` = unknown. Where the provider's event still
    /// says the same, it was not altered since. It makes no difference to an obligation.
    pub written: Option<OwnEvent>,
}

/// What the provider made of an event that was written to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The event that it is now.
    pub version: Version,
    /// The link of the online meeting, if the provider created one.
    pub meeting_link: Option<String>,
    /// What the provider refused although the event is written, such as a guest. A noun phrase.
    pub refused: Option<String>,
}

/// Where an event of ours is, according to the provider.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each search")]
pub enum Look {
    /// The event exists.
    Found {
        /// The calendar that contains it.
        external_calendar_id: String,
        /// The event, as it is now.
        version: Version,
        /// The event's master and overrides.
        page: Page,
    },
    /// The calendar itself answers, the event asked for by its own name does not exist any more,
    /// and no writable calendar of the account contains one with our UID.
    Nowhere,
    /// As [`Self::Nowhere`], but the event had become a series, whose user has deleted its first
    /// occurrence, or the event is marked as cancelled.
    Excluded,
}

impl Written {
    /// What the database knows after `own` was written.
    pub fn known(&self, own: &OwnEvent) -> Known {
        Known { version: self.version.clone(), written: Some(own.clone()) }
    }
}

impl OwnEvent {
    /// The UID of its events (RFC 5545 section 3.8.4.7), by which the database recognises them
    /// (`calendar_private.booking_of_event`).
    pub fn uid(&self) -> String {
        format!("{}-{}@calendar-ext", self.kind.prefix(), self.id)
    }

    /// The booking's id in a UID that [`Self::uid`] made.
    pub fn id_in(uid: &str) -> Option<Uuid> {
        let (kind, id) = uid.strip_suffix("@calendar-ext")?.split_once('-')?;
        Uuid::try_parse(id).ok().filter(|_| kind == Kind::Booking.prefix())
    }

    /// The attendees who can be invited, with their e-mail addresses.
    pub fn invited(&self) -> impl Iterator<Item = (&Person, &str)> {
        self.attendees.iter().filter_map(|person| Some((person, person.email.as_deref()?)))
    }

    /// What only the event of a deadline has.
    pub fn obligation(&self) -> Option<&Obligation> {
        match &self.kind {
            Kind::Booking => None,
            Kind::Obligation(obligation) => Some(obligation),
        }
    }

    /// The instants that it covers: of dates, from midnight to midnight in its zone.
    pub fn interval(&self) -> Interval {
        self.span.interval(&Zone::iana(&self.timezone).unwrap_or(Zone::UTC))
    }

    /// Notes and URL in one text, for a provider without a field for the URL.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let url = self.obligation().and_then(|obligation| obligation.url.as_deref());
        match (self.notes.as_deref(), url) {
            (Some(notes), Some(url)) => Some(format!("{notes}\n\n{url}").into()),
            (text, None) | (None, text) => text.map(Cow::Borrowed),
        }
    }

    /// An obligation's reminders as minutes before the start of the event, the earliest first.
    /// Those of a date count from 9 in the morning, because no one wants one in the middle of the night;
    /// one that would be after midnight is at midnight.
    pub fn reminders(&self) -> Vec<u32> {
        let reminders = self.obligation().map(|own| own.reminders.as_slice()).unwrap_or_default();
        let morning = if self.span.is_all_day() { MORNING } else { 0 };
        let mut minutes: Vec<u32> =
            reminders.iter().map(|before| before.saturating_sub(morning)).collect();
        minutes.sort_unstable_by(|a, b| b.cmp(a));
        minutes.dedup();
        minutes
    }
}

/// The minute of a day from which reminders of dates count: 9:00.
const MORNING: u32 = 9 * 60;

impl Kind {
    /// The first letters of ids that providers let us choose.
    pub const fn prefix(&self) -> &'static str {
        match self {
            Self::Booking => "bk",
            Self::Obligation(_) => "ob",
        }
    }
}
