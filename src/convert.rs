//! PostgreSQL's dates and times as the engine's, and back.

use crate::report;
use chrono::{Days, NaiveDate};
use engine::time::{END, FIRST, Instant};
use pgrx::pg_sys;

/// Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's day zero.
const EPOCH: i64 = 946_684_800_000_000;

/// 2000-01-01, PostgreSQL's day zero.
const DAY_ZERO: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();

/// The instant of a `timestamptz`.
pub(crate) fn instant(timestamptz: pg_sys::TimestampTz) -> Instant {
    Instant(timestamptz.saturating_add(EPOCH))
}

/// The `timestamptz` of an instant.
pub(crate) fn timestamptz(instant: Instant) -> pg_sys::TimestampTz {
    instant.0.saturating_sub(EPOCH)
}

/// A `timestamptz` as messages show it.
pub(crate) fn shown(timestamptz: pg_sys::TimestampTz) -> String {
    match timestamptz {
        pg_sys::TimestampTz::MAX => "infinity".into(),
        pg_sys::TimestampTz::MIN => "-infinity".into(),
        finite => instant(finite).utc().format("%Y-%m-%dT%H:%M:%S%.fZ").to_string(),
    }
}

/// The date of a `date`, or `None` if it is infinite or out of range.
pub(crate) fn date(days: pg_sys::DateADT) -> Option<NaiveDate> {
    let distance = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { DAY_ZERO.checked_sub_days(distance) } else { DAY_ZERO.checked_add_days(distance) }
}

/// The `date` of a date.
pub(crate) fn date_adt(date: NaiveDate) -> pg_sys::DateADT {
    i32::try_from((date - DAY_ZERO).num_days()).unwrap_or(i32::MAX)
}

/// An argument that must be a finite instant within years 1 to 9999.
pub(crate) fn argument(name: &str, timestamptz: pg_sys::TimestampTz) -> Instant {
    let value = instant(timestamptz);
    if !(FIRST..END).contains(&value) {
        report::invalid_parameter(&format!(
            "{name} must be a finite instant within years 1 to 9999, not {}",
            shown(timestamptz)
        ));
    }
    value
}
