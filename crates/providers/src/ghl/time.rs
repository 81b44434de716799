//! Points in time. The API documents ISO 8601 with an offset, and its lists have been seen with
//! local times, dates and numbers.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};
use engine::event::When;
use engine::time::{Instant, Zone, local_to_instant, parse_date, parse_instant, parse_local};
use serde_json::Value;

/// Numbers from here on are milliseconds since 1970, those below are seconds: as seconds it is the
/// year 5138, as milliseconds the year 1973.
const FIRST_MILLISECONDS: f64 = 1e11;

/// Smaller numbers are not points in time: as seconds it is the year 1973.
const FIRST_SECONDS: f64 = 1e8;

/// A point in time as the API writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// An instant.
    At(Instant),
    /// A local time without an offset.
    Local(NaiveDateTime),
    /// A date.
    Date(NaiveDate),
}

impl Time {
    /// Reads a member; `None` for what is not a point in time.
    pub(super) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => since_1970(number.as_f64()?).map(Self::At),
            Value::String(text) => Self::parse(text.trim()),
            // A timestamp of the database behind the API.
            Value::Object(object) => {
                let seconds = object.get("_seconds").or_else(|| object.get("seconds"))?;
                since_1970(seconds.as_f64()?).map(Self::At)
            }
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        parse_instant(text)
            .map(Self::At)
            .or_else(|| parse_local(text).map(Self::Local))
            .or_else(|| parse_date(text).map(Self::Date))
            .or_else(|| since_1970(text.parse().ok()?).map(Self::At))
    }

    /// What it means in a zone.
    pub(super) fn when(self, zone: &Zone) -> When {
        match self {
            Self::At(instant) => When::At(instant),
            Self::Local(local) => When::At(local_to_instant(zone, local)),
            Self::Date(date) => When::Date(date),
        }
    }
}

/// Milliseconds or seconds since 1970.
fn since_1970(number: f64) -> Option<Instant> {
    let milliseconds = if number < FIRST_MILLISECONDS { number * 1000.0 } else { number };
    if number < FIRST_SECONDS || !milliseconds.is_finite() {
        return None;
    }
    // A number that is too large becomes the largest, which is out of range.
    let time = DateTime::from_timestamp_millis(milliseconds as i64)?;
    parse_instant(&time.to_rfc3339())
}

/// An instant as the API documents it.
pub(super) fn iso(at: Instant) -> String {
    at.utc().and_utc().to_rfc3339_opts(SecondsFormat::Secs, false)
}
