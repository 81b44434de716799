//! A point on the UTC time line.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use std::ops::{Add, Sub};

/// Microseconds since 1970-01-01 00:00 UTC, the resolution of PostgreSQL's
/// `timestamptz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

impl Instant {
    /// Before every instant in use; sums with durations stay in range.
    pub const MIN: Self = Self(i64::MIN / 4);
    /// After every instant in use; sums with durations stay in range.
    pub const MAX: Self = Self(i64::MAX / 4);

    /// The UTC date and time of day, or the nearest that the calendar can show.
    pub fn utc(self) -> NaiveDateTime {
        let limit = if self.0 < 0 { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
        DateTime::from_timestamp_micros(self.0).map_or(limit, |t| t.naive_utc())
    }

    /// The instant at which UTC clocks show `utc`.
    pub fn from_utc(utc: NaiveDateTime) -> Self {
        Self(utc.and_utc().timestamp_micros())
    }

    /// This instant moved by elapsed minutes.
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(MINUTE)))
    }
}

impl Sub for Instant {
    type Output = TimeDelta;
    fn sub(self, earlier: Self) -> TimeDelta {
        TimeDelta::microseconds(self.0.saturating_sub(earlier.0))
    }
}

impl Add<TimeDelta> for Instant {
    type Output = Self;
    fn add(self, elapsed: TimeDelta) -> Self {
        Self(self.0.saturating_add(elapsed.num_microseconds().unwrap_or(i64::MAX)))
    }
}
