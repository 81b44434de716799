//! A calendar at a provider.

use serde::Serialize;

/// One of an account's calendars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemoteCalendar {
    /// The provider's id: for CalDAV, the URL.
    pub external_calendar_id: String,
    /// The name that its owner sees.
    pub display_name: String,
    /// Its zone (IANA), if the provider reports one that is known.
    pub timezone: Option<String>,
    /// Whether it is the provider's default calendar for new events.
    pub is_primary: bool,
    /// Whether events can be written to it.
    pub is_writable: bool,
}
