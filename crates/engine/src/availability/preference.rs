//! Which of the free slots a caller wants.

use crate::time::{Instant, Offsets, Zone};
use chrono::{Datelike, Timelike};
use std::ops::Range;

/// A part of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From 5 to 12.
    Morning,
    /// From 12 to 17.
    Afternoon,
    /// From 17 to 22.
    Evening,
}

impl Period {
    /// The period of this name: `morning`, `afternoon` or `evening`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "morning" => Some(Self::Morning),
            "afternoon" => Some(Self::Afternoon),
            "evening" => Some(Self::Evening),
            _ => None,
        }
    }

    /// The hours of the day that it holds.
    pub const fn hours(self) -> Range<u32> {
        match self {
            Self::Morning => 5..12,
            Self::Afternoon => 12..17,
            Self::Evening => 17..22,
        }
    }
}

/// A set of weekdays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Adds an ISO weekday, 1 = Monday to 7 = Sunday; `false` where it is not one.
    pub fn insert(&mut self, day: i32) -> bool {
        let is_day = (1..=7).contains(&day);
        if is_day {
            self.0 |= 1 << day;
        }
        is_day
    }

    /// Whether it has an ISO weekday.
    pub fn contains(self, day: i32) -> bool {
        (1..=7).contains(&day) && self.0 & 1 << day != 0
    }
}

/// A filter on the local start of slots.
#[derive(Debug, Clone, PartialEq)]
pub struct Preference {
    /// The weekdays, or `None` for all.
    pub days: Option<Weekdays>,
    /// Part of the day, or `None` for all of it.
    pub period: Option<Period>,
    /// The zone in which both are read.
    pub zone: Zone,
}

impl Preference {
    /// Whether a slot that starts at `start` is wanted.
    pub(super) fn allows(&self, start: Instant) -> bool {
        if self.days.is_none() && self.period.is_none() {
            return true;
        }
        let local = self.zone.instant_to_local(start);
        let day = local.weekday().number_from_monday().cast_signed();
        self.days.is_none_or(|days| days.contains(day))
            && self.period.is_none_or(|period| period.hours().contains(&local.hour()))
    }
}
