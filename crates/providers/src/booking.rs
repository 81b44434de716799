//! A booking as it is written to a provider.

use engine::time::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A booking: what the provider's event is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its id here; every provider gets it as a mark to know the event by again.
    pub id: Uuid,
    /// First instant.
    pub start: Instant,
    /// First instant after it.
    pub end: Instant,
    /// The broker's zone (IANA).
    pub timezone: String,
    /// SUMMARY.
    pub title: String,
    /// DESCRIPTION.
    pub notes: Option<String>,
    /// Whether the broker has yet to confirm it.
    pub is_tentative: bool,
    /// Rises with each change of time or status (RFC 5545 section 3.8.7.4).
    pub sequence: i32,
    /// Who is to be met; invited where the e-mail address is known.
    pub lead: Person,
    /// Whose calendar it is.
    pub broker: Person,
}

/// How to reach somebody.
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

/// The provider's event of a booking, as last known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The provider's id of the event, as in [`crate::Page`].
    pub external_event_id: String,
    /// The provider's version mark, where it gives one.
    pub etag: Option<String>,
}

/// What the provider made of a booking that was written to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The event it stands in now.
    pub version: Version,
    /// Where to meet online, where the provider made such a place.
    pub meeting_link: Option<String>,
}

impl Booking {
    /// The UID of its events (RFC 5545 section 3.8.4.7): `calendar_private.booking_of_event`
    /// knows the booking by it.
    pub fn uid(&self) -> String {
        format!("bk-{}@calendar-ext", self.id)
    }
}
