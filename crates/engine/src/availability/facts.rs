//! What is known about a broker when a question is asked.

use crate::Interval;
use crate::time::{Instant, Zone};
use chrono::NaiveDate;

/// The settings of the person whose time is booked.
#[derive(Debug, Clone, PartialEq)]
pub struct Broker {
    /// The zone in which working hours and the daily limit are read.
    pub zone: Zone,
    /// Length of a slot where the caller names none, in minutes.
    pub slot_duration_minutes: i64,
    /// Distance of slot starts in minutes, or `None` for the slot's length.
    pub slot_increment_minutes: Option<i64>,
    /// Minutes to keep free before a slot.
    pub buffer_before_minutes: i64,
    /// Minutes to keep free after a slot.
    pub buffer_after_minutes: i64,
    /// Minutes from now until the first slot.
    pub minimum_notice_minutes: i64,
    /// Days of 24 hours from now in which a slot may start.
    pub booking_horizon_days: i64,
    /// Bookings that may start on one local date, or `None` for any number.
    pub max_bookings_per_day: Option<i64>,
    /// Bookings of the meeting type asked for that may start on one local date, or `None` for any
    /// number.
    pub max_bookings_of_type_per_day: Option<i64>,
    /// The lengths that slots of the meeting type asked for can have, in minutes; none at all
    /// means any.
    pub durations: Vec<i64>,
    /// Whether the broker can be booked at all.
    pub booking_enabled: bool,
}

/// One row of weekly working hours, in local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// ISO weekday, 1 = Monday to 7 = Sunday.
    pub weekday: u32,
    /// Microseconds of local time since midnight.
    pub start: i64,
    /// The same; 24:00 is the next midnight.
    pub end: i64,
    /// First date on which the row applies.
    pub valid_from: Option<NaiveDate>,
    /// Last date on which the row applies.
    pub valid_until: Option<NaiveDate>,
    /// Whether the row applies at all.
    pub is_active: bool,
}

/// What an override does to open time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideKind {
    /// Closes its interval, whatever else opens it.
    Block,
    /// Opens its interval in addition.
    Open,
    /// Replaces the working hours on every local date it touches.
    Replace,
}

impl OverrideKind {
    /// `block`, `open` or `replace`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Open => "open",
            Self::Replace => "replace",
        }
    }
}

/// One occurrence of an override of working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override {
    /// What it does.
    pub kind: OverrideKind,
    /// When it does.
    pub interval: Interval,
}

/// An appointment made through this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// When it is.
    pub interval: Interval,
    /// Minutes its broker kept free before slots when it was booked.
    pub buffer_before_minutes: i64,
    /// Minutes its broker kept free after slots when it was booked.
    pub buffer_after_minutes: i64,
    /// Whether it takes its time: pending, confirmed, or held and not lapsed.
    pub blocks: bool,
    /// Whether it is of the meeting type asked for.
    pub is_of_type: bool,
}

/// Everything that decides about a broker's time within a [`super::Reach`].
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The broker.
    pub broker: Broker,
    /// The rows of working hours that count ([`super::hours_in_force`]); none at all means Monday
    /// to Friday, 9 to 17.
    pub hours: Vec<WorkingHours>,
    /// The occurrences of its overrides.
    pub overrides: Vec<Override>,
    /// The busy blocks of its calendars.
    pub events: Vec<Interval>,
    /// Its bookings that block, or that count towards the daily limit.
    pub bookings: Vec<Booking>,
    /// Until when its events are known, for each calendar that blocks.
    pub covered: Vec<Instant>,
    /// The present.
    pub now: Instant,
}
