//! The slots of a window.

use super::grid::Grid;
use super::schedule::bookable_from_until;
use super::{Broker, Preference, Schedule, Scope};
use crate::time::Instant;
use crate::{Error, Interval, Result};
use chrono::TimeDelta;

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
