//! Instants and dates as text.

use super::{Instant, YEARS};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

/// An instant in ISO 8601: a date, `T` or a space, a time, and an offset or `Z`.
/// `None` for anything else, and for years before 1 or after 9999.
pub fn parse_instant(text: &str) -> Option<Instant> {
    let time = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%#z"))
        .ok()?;
    YEARS.contains(&time.to_utc().year()).then(|| Instant(time.timestamp_micros()))
}

/// A local date and time in ISO 8601, without an offset: a date, `T` or a space, and a time with or
/// without seconds. `None` for anything else, and for years before 1 or after 9999.
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .filter(|local| YEARS.contains(&local.year()))
}

/// A date in ISO 8601, such as `2026-12-01`. `None` for anything else, and for
/// years before 1 or after 9999.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && YEARS.contains(&date.year())).then_some(date)
}
