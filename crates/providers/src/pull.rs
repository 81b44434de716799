//! What a pull asks for, and how it ends.

use engine::Interval;

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
    /// The calendar's owner, to find the answer to an invitation by.
    pub owner_email: Option<String>,
    /// Where the last pull ended; none = bring everything.
    pub token: Option<String>,
    /// The time that counts where everything is brought.
    pub window: Interval,
}

/// How a pull ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pulled {
    /// Nothing has changed since the token; the provider may have given another.
    Unchanged {
        /// Where the next pull starts; none = as before.
        token: Option<String>,
    },
    /// The pages hold what has changed since the token.
    Changes {
        /// Where the next pull starts.
        token: Option<String>,
    },
    /// The pages hold all there is in the window, or, where it is none, at any time.
    Everything {
        /// Where the next pull starts; none = with everything again.
        token: Option<String>,
        /// The window.
        window: Option<Interval>,
    },
}
