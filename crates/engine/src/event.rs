//! What a calendar event is to this crate.

use crate::error::quoted;
use crate::rfc5545::Duration;
use crate::time::{Instant, Offsets, date_start, parse_date, parse_instant};
use crate::{Error, Interval, Result};
use chrono::NaiveDate;
use std::fmt;
use std::str::FromStr;

/// A point of an event: a DATE or a DATE-TIME (RFC 5545 sections 3.3.4, 3.3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// A date, in whatever zone its calendar has.
    Date(NaiveDate),
    /// An instant.
    At(Instant),
}

/// A date as such, an instant in UTC: the form of `events.recurrence_id`.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::At(instant) => write!(f, "{}", instant.utc().format("%Y-%m-%dT%H:%M:%S%.fZ")),
        }
    }
}

impl FromStr for When {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self> {
        let instant = || parse_instant(value).map(Self::At);
        parse_date(value).map(Self::Date).or_else(instant).ok_or_else(|| {
            Error::invalid(format!(
                "{} is not a valid recurrence_id: give an instant such as \"2026-12-01T09:00:00Z\" \
                 or a date, within years 1 to 9999",
                quoted(value)
            ))
        })
    }
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

    /// Whether it has dates instead of times.
    pub fn is_all_day(self) -> bool {
        matches!(self, Self::Dates(..))
    }

    /// Where it starts.
    pub fn start(self) -> When {
        match self {
            Self::Dates(first, _) => When::Date(first),
            Self::Times(interval) => When::At(interval.start),
        }
    }
}

impl Event {
    /// Which version of its component it is.
    pub fn revision(&self) -> Revision {
        Revision { sequence: self.sequence, updated_at: self.updated_at }
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

impl Status {
    /// `confirmed`, `tentative` or `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Tentative => "tentative",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that name, or `None` for any other word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Confirmed, Self::Tentative, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// TRANSP of an event (RFC 5545 section 3.8.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transparency {
    /// It takes up time.
    Opaque,
    /// It does not.
    Transparent,
}

impl Transparency {
    /// `opaque` or `transparent`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::Transparent => "transparent",
        }
    }

    /// The transparency of that name, or `None` for any other word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Opaque, Self::Transparent].into_iter().find(|own| own.as_str() == name)
    }
}

/// Which version of a component this is (RFC 5546 section 2.1.5); the greater is
/// the newer, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Revision {
    /// SEQUENCE.
    pub sequence: i32,
    /// LAST-MODIFIED.
    pub updated_at: Option<Instant>,
}

impl Revision {
    /// Whether the other is surely newer: by SEQUENCE, or by LAST-MODIFIED where
    /// both have one.
    pub fn is_older_than(self, other: Self) -> bool {
        let has_times = self.updated_at.is_some() && other.updated_at.is_some();
        self.sequence < other.sequence
            || self.sequence == other.sequence && has_times && self.updated_at < other.updated_at
    }
}

/// One event as a provider sends it: one VEVENT, a recurring master or one of
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
    /// How long each occurrence of a series lasts, where that is in days of the
    /// local calendar, which a change of the clocks makes longer or shorter (RFC
    /// 5545 section 3.8.5.3). `None`: as long as `span`, in elapsed time.
    pub duration: Option<Duration>,
    /// RRULE, RDATE, EXDATE and EXRULE lines, unfolded, one a line.
    pub recurrence: Option<String>,
    /// The IANA zone in whose local time it recurs.
    pub timezone: Option<String>,
    /// The VTIMEZONE in whose local time it recurs, where no IANA zone matches it.
    pub vtimezone: Option<String>,
    /// The provider's version mark.
    pub etag: Option<String>,
    /// SEQUENCE: which revision of the event this is; 0 where it is not known.
    pub sequence: i32,
    /// When the provider last changed it.
    pub updated_at: Option<Instant>,
    /// What was understood in spite of being wrong, in sentences: for people to look
    /// into.
    pub repairs: Vec<String>,
    /// The booking that the event was created for, from our mark at the provider. It is
    /// needed where the event's id alone does not show the booking.
    pub booking_id: Option<String>,
}
