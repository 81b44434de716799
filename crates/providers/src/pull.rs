//! What a pull requests, and how it ends.

use engine::Interval;
use engine::time::Zone;

/// A calendar to read or write.
#[derive(Debug, Clone)]
pub struct Place {
    /// The provider's id.
    pub external_calendar_id: String,
    /// The zone of floating times and all-day events (IANA).
    pub timezone: String,
}

/// What to pull.
#[derive(Debug, Clone)]
pub struct Pull {
    /// The calendar.
    pub calendar: Place,
    /// The e-mail addresses of the calendar's owner, to find the answer to an invitation by.
    pub owner_emails: Vec<String>,
    /// The token of the last pull; `None` = a full pull.
    pub token: Option<String>,
    /// The window of a full pull.
    pub window: Interval,
}

/// Whose calendar it is.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The calendar's zone.
    pub zone: Zone,
    /// The e-mail addresses of its owner, in any case.
    pub emails: Vec<String>,
}

impl Pull {
    /// The calendar's owner.
    pub fn owner(&self) -> Owner {
        Owner {
            zone: Zone::iana(&self.calendar.timezone).unwrap_or(Zone::UTC),
            emails: self.owner_emails.clone(),
        }
    }
}

impl Owner {
    /// Whether their addresses matter for an answer of the provider: something in it was declined.
    pub fn is_asked_by(answer: &[u8]) -> bool {
        const DECLINED: &[u8] = b"\"declined\"";
        answer.windows(DECLINED.len()).any(|part| part == DECLINED)
    }

    /// Adds addresses that are not known yet.
    pub fn add(&mut self, emails: &[String]) {
        let new: Vec<_> = emails.iter().filter(|email| !self.has(email)).cloned().collect();
        self.emails.extend(new);
    }

    /// Whether it is one of their addresses.
    pub fn has(&self, email: &str) -> bool {
        self.emails.iter().any(|own| own.eq_ignore_ascii_case(email))
    }
}

/// How a pull ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pulled {
    /// Nothing has changed since the token; the provider may have returned another.
    Unchanged {
        /// The token of the next pull; `None` = as before.
        token: Option<String>,
    },
    /// The pages contain the changes since the token.
    Changes {
        /// Where the next pull starts.
        token: Option<String>,
    },
    /// The pages contain all events in the window, or all events if there is no window.
    Everything {
        /// The token of the next pull; `None` = a full pull again.
        token: Option<String>,
        /// The window.
        window: Option<Interval>,
    },
}
