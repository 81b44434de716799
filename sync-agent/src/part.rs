//! What the agent calls.

use serde::Serialize;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The database.
    Database,
    /// Google Calendar.
    Google,
    /// Microsoft Graph.
    Microsoft,
    /// CalDAV servers.
    Caldav,
    /// iCalendar feeds.
    Ics,
    /// GoHighLevel.
    Ghl,
    /// The mail server.
    Smtp,
    /// Twilio.
    Twilio,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Database,
        Self::Google,
        Self::Microsoft,
        Self::Caldav,
        Self::Ics,
        Self::Ghl,
        Self::Smtp,
        Self::Twilio,
    ];

    /// The providers.
    pub const PROVIDERS: [Self; 5] =
        [Self::Google, Self::Microsoft, Self::Caldav, Self::Ics, Self::Ghl];

    /// Its name in paths and accounts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Caldav => "caldav",
            Self::Ics => "ics",
            Self::Ghl => "ghl",
            Self::Smtp => "smtp",
            Self::Twilio => "twilio",
        }
    }

    /// The part of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}
