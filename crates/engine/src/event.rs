//! What a calendar event is to this crate.

use crate::Interval;
use crate::time::{Instant, Offsets, date_start};
use chrono::NaiveDate;

/// A point of an event: a DATE or a DATE-TIME (RFC 5545 sections 3.3.4, 3.3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// A date, in whatever zone its calendar has.
    Date(NaiveDate),
    /// An instant.
    At(Instant),
}

/// How long an event lasts: whole dates or instants; both half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// An all-day event from the first date up to, not including, the second.
    Dates(NaiveDate, NaiveDate),
    /// An event with times.
    Times(Interval),
}

impl Span {
    /// The instants it covers: an all-day event runs from midnight to midnight
    /// in its calendar's zone.
    pub fn interval(self, calendar_zone: &impl Offsets) -> Interval {
        match self {
            Self::Dates(first, end) => {
                Interval::new(date_start(calendar_zone, first), date_start(calendar_zone, end))
            }
            Self::Times(interval) => interval,
        }
    }

    /// Where it starts.
    pub fn start(self) -> When {
        match self {
            Self::Dates(first, _) => When::Date(first),
            Self::Times(interval) => When::At(interval.start),
        }
    }
}

/// STATUS of an event (RFC 5545 section 3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It takes place.
    Confirmed,
    /// It may take place.
    Tentative,
    /// It does not take place.
    Cancelled,
}

/// TRANSP of an event (RFC 5545 section 3.8.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transparency {
    /// It takes up time.
    Opaque,
    /// It does not.
    Transparent,
}

/// One event as a provider tells it: one VEVENT, a recurring master or one of
/// its overrides. The same facts as one element of `apply_sync`'s batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The provider's id; a master and its overrides share one. In iCalendar, UID.
    pub external_event_id: String,
    /// Which occurrence of the master this replaces.
    pub recurrence_id: Option<When>,
    /// Whether it replaces all later ones too (`RANGE=THISANDFUTURE`).
    pub this_and_future: bool,
    /// SUMMARY.
    pub title: Option<String>,
    /// DTSTART to DTEND.
    pub span: Span,
    /// STATUS.
    pub status: Status,
    /// TRANSP.
    pub transparency: Transparency,
    /// Whether the calendar's owner has declined.
    pub declined: bool,
    /// RRULE, RDATE, EXDATE and EXRULE lines, unfolded, one a line.
    pub recurrence: Option<String>,
    /// The IANA zone in whose local time it recurs.
    pub timezone: Option<String>,
    /// The VTIMEZONE in whose local time it recurs, where no IANA zone matches it.
    pub vtimezone: Option<String>,
    /// The provider's version mark.
    pub etag: Option<String>,
    /// When the provider last changed it.
    pub updated_at: Option<Instant>,
    /// The booking that the event says it was made for: a mark that we left at the
    /// provider, where its id alone does not tell.
    pub booking_id: Option<String>,
}
