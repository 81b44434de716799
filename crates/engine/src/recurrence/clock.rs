//! The times of a day, hour or minute that a rule names.

use chrono::NaiveTime;

/// Times of day as the product of three sorted lists.
#[derive(Debug)]
pub(super) struct Clock<'a> {
    pub(super) hours: Units<'a>,
    pub(super) minutes: Units<'a>,
    pub(super) seconds: Units<'a>,
    pub(super) nanosecond: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Units<'a> {
    Listed(&'a [i32]),
    One(i32),
}

impl Units<'_> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Listed(list) => list.len(),
            Self::One(_) => 1,
        }
    }

    pub(super) fn get(self, index: usize) -> u32 {
        let unit = match self {
            Self::Listed(list) => list.get(index).copied().unwrap_or(0),
            Self::One(unit) => unit,
        };
        unit.unsigned_abs()
    }
}

impl Clock<'_> {
    pub(super) fn len(&self) -> usize {
        self.hours.len() * self.minutes.len() * self.seconds.len()
    }

    pub(super) fn time(&self, index: usize) -> NaiveTime {
        let (minute, second) = (index / self.seconds.len(), index % self.seconds.len());
        let (hour, minute) = (minute / self.minutes.len(), minute % self.minutes.len());
        NaiveTime::from_hms_nano_opt(
            self.hours.get(hour),
            self.minutes.get(minute),
            self.seconds.get(second),
            self.nanosecond,
        )
        .unwrap_or(NaiveTime::MIN)
    }
}
