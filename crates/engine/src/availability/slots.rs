//! The slots of a window.

use super::schedule::bookable_from_until;
use super::{Broker, Preference, Schedule, Scope};
use crate::time::Instant;
use crate::{Error, Interval, Result};
use chrono::TimeDelta;

/// The length of slots and the distance of their starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    duration: i64,
    increment: i64,
}

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

impl Grid {
    /// The longest slot, in minutes.
    pub const MAX_MINUTES: i64 = 24 * 60;

    /// Slots of `duration_minutes` (the broker's where `None`), starting
    /// `increment_minutes` apart: the broker's increment, or else the duration,
    /// where `None`; a caller may only ask for a multiple of that.
    pub fn new(
        broker: &Broker,
        duration_minutes: Option<i64>,
        increment_minutes: Option<i64>,
    ) -> Result<Self> {
        let duration = duration_minutes.unwrap_or(broker.slot_duration_minutes);
        if !(1..=Self::MAX_MINUTES).contains(&duration) {
            return Err(Error::invalid(format!(
                "duration_minutes must be from 1 to {}, not {duration}",
                Self::MAX_MINUTES
            )));
        }
        let finest = broker.slot_increment_minutes.unwrap_or(duration);
        let increment = increment_minutes.unwrap_or(finest);
        if increment < 1 || increment % finest != 0 {
            return Err(Error::invalid(format!(
                "increment_minutes must be a multiple of {finest}, not {increment}"
            )));
        }
        Ok(Self { duration: duration * MINUTE, increment: increment * MINUTE })
    }

    /// Whether a slot of an offered interval may start at `start`.
    pub(super) fn meets(self, offered: Interval, start: Instant) -> bool {
        (start.0 - offered.start.0) % self.increment == 0
    }

    /// The first start on the grid of `offered` that is not before `earliest`.
    fn first_start(self, offered: Interval, earliest: Instant) -> Instant {
        let behind = (earliest.0 - offered.start.0).max(0);
        let steps = behind / self.increment + i64::from(behind % self.increment != 0);
        Instant(offered.start.0 + steps * self.increment)
    }
}

impl Schedule<'_> {
    /// What of `window` slots can lie in at all, or `None`: after the minimum
    /// notice and starting before the horizon. Reading facts beyond is in vain.
    pub fn bookable_window(
        broker: &Broker,
        now: Instant,
        window: Interval,
        grid: Grid,
    ) -> Option<Interval> {
        let (earliest, horizon) = bookable_from_until(broker, now);
        let longest = TimeDelta::microseconds(grid.duration);
        let bookable = window.intersect(Interval::new(earliest, horizon + longest));
        (broker.booking_enabled && !bookable.is_empty()).then_some(bookable)
    }

    /// The slots inside the window that can be booked and that are preferred,
    /// in order, at most `max_slots`. `tick` is called for every date; where it
    /// says `false` the work ends with an error.
    pub fn slots(
        &self,
        grid: Grid,
        preference: &Preference,
        max_slots: usize,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Interval>> {
        let mut slots = Vec::new();
        for day in &self.days {
            if !tick() {
                return Err(Error::interrupted());
            }
            for &offered in &day.offered {
                let end = offered.end.min(day.span.end);
                let mut start = grid.first_start(offered, self.earliest.max(self.window.start));
                while start < end {
                    let slot = Interval::new(start, Instant(start.0 + grid.duration));
                    if slot.end > self.window.end || slots.len() >= max_slots {
                        return Ok(slots);
                    }
                    if self.verdict(slot, grid, Scope::Listed).is_none() && preference.allows(start)
                    {
                        slots.push(slot);
                    }
                    start = Instant(start.0 + grid.increment);
                }
            }
        }
        Ok(slots)
    }
}
