//! Successive local dates, with few looks at their zone.

use super::{Instant, Offsets, local_to_instant};
use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// Offsets at successive midnights in UTC, from two days before a date to three
/// days after it: all that [`local_to_instant`] looks at for its times lies between.
const SAMPLES: usize = 6;

/// A local date and its zone.
#[derive(Debug)]
pub(crate) struct LocalDate<'z, Z> {
    /// The date.
    pub(crate) date: NaiveDate,
    zone: &'z Z,
    /// Its midnight, read as UTC.
    midnight: Instant,
    /// The offset from UTC in seconds, where no clock change is near.
    offset: Option<i32>,
}

impl<Z: Offsets> LocalDate<'_, Z> {
    /// The instant of a time of this date, in microseconds since midnight, as
    /// [`local_to_instant`] has it; 24:00 is the next date's midnight.
    pub(crate) fn at(&self, microseconds: i64) -> Instant {
        match self.offset {
            Some(offset) => Instant(self.midnight.0 + microseconds - i64::from(offset) * 1_000_000),
            None => {
                let midnight = self.date.and_time(NaiveTime::MIN);
                local_to_instant(self.zone, midnight + TimeDelta::microseconds(microseconds))
            }
        }
    }
}

/// The dates from `first` on. No zone changes its offset twice within a day, so
/// that equal offsets at midnights mean that there is none between.
pub(crate) fn dates_from<Z: Offsets>(
    zone: &Z,
    first: NaiveDate,
) -> impl Iterator<Item = LocalDate<'_, Z>> {
    let midnight = |date: NaiveDate| Instant::from_utc(date.and_time(NaiveTime::MIN));
    let sample = |midnight: Instant, days: i64| zone.offset_at(Instant(midnight.0 + days * DAY));
    let mut offsets: [i32; SAMPLES] =
        std::array::from_fn(|at| sample(midnight(first), at as i64 - 3));
    first.iter_days().map(move |date| {
        let midnight = midnight(date);
        offsets.rotate_left(1);
        offsets[SAMPLES - 1] = sample(midnight, 3);
        let is_steady = offsets.iter().all(|&offset| offset == offsets[0]);
        LocalDate { date, zone, midnight, offset: is_steady.then_some(offsets[0]) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    /// The times of a date that are looked at, in quarters of an hour.
    const QUARTERS: std::ops::RangeInclusive<i64> = 0..=96;

    #[test]
    fn every_time_of_every_date_near_a_clock_change_is_the_same_instant_as_one_by_one() {
        let first = NaiveDate::from_ymd_opt(2010, 12, 1).unwrap();
        let days = 365 * 8;
        for name in chrono_tz::TZ_VARIANTS {
            let zone = Zone::Iana(name);
            let mut last_change = 0;
            let mut offset = None;
            for (day, date) in dates_from(&zone, first).take(days).enumerate() {
                if offset.replace(zone.offset_at(date.midnight)).is_some_and(|o| Some(o) != offset)
                {
                    last_change = day;
                }
                // Changes are known when they have passed: that is when doubt begins.
                if day - last_change > 4 && date.offset.is_some() && day % 37 != 0 {
                    continue;
                }
                for quarter in QUARTERS.step_by(4) {
                    let microseconds = quarter * 15 * 60_000_000;
                    let local =
                        date.date.and_time(NaiveTime::MIN) + TimeDelta::microseconds(microseconds);
                    let one = local_to_instant(&zone, local);
                    assert_eq!(date.at(microseconds), one, "{name} {local}");
                }
            }
        }
    }
}
