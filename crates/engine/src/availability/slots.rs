//! The slots of a window.

use super::grid::Grid;
use super::schedule::bookable_from_until;
use super::{Broker, Preference, Schedule, Scope};
use crate::interval::subtract;
use crate::time::Instant;
use crate::{Error, Interval, Result};
use chrono::TimeDelta;

/// Why a window has no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The broker is not open.
    Closed,
    /// Not all events that may take its time are known.
    NotSynced,
    /// Events, bookings, buffers and limits leave no room for one.
    Full,
}

impl Lack {
    /// The word for it in `explain_availability`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::NotSynced => "not_synced",
            Self::Full => "full",
        }
    }
}

impl Schedule<'_> {
    /// Why there is no slot inside the window, or `None` where there is one. `tick` is
    /// that of [`Schedule::slots`].
    pub fn lack(mut self, grid: Grid, tick: &mut dyn FnMut() -> bool) -> Result<Option<Lack>> {
        let zone = self.facts.broker.zone.clone();
        let any = Preference { days: None, period: None, zone };
        if !self.slots(grid, &any, 1, tick)?.is_empty() {
            return Ok(None);
        }
        let starts = self.window.intersect(Interval::new(self.earliest, self.horizon));
        if self.open.iter().all(|open| open.intersect(starts).is_empty()) {
            return Ok(Some(Lack::Closed));
        }
        self.known = Instant::MAX;
        let is_unknown = !self.slots(grid, &any, 1, tick)?.is_empty();
        Ok(Some(if is_unknown { Lack::NotSynced } else { Lack::Full }))
    }

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
    ///
    /// These are the slots on the grid against which [`Schedule::verdict`] finds
    /// nothing, found by going through the free time instead of the grid.
    pub fn slots(
        &self,
        grid: Grid,
        preference: &Preference,
        max_slots: usize,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Interval>> {
        let mut slots = Vec::new();
        if !self.facts.broker.booking_enabled {
            return Ok(slots);
        }
        let free = subtract(&self.open, &self.occupied);
        let end = self.window.end.min(self.known);
        let mut first = 0;
        for day in &self.days {
            if !tick() {
                return Err(Error::interrupted());
            }
            if self.is_full(day) {
                continue;
            }
            for &offered in &day.offered {
                let starts = offered
                    .intersect(day.span)
                    .intersect(Interval::new(self.earliest.max(self.window.start), self.horizon));
                first += free[first..].partition_point(|free| free.end <= starts.start);
                for room in free[first..].iter().take_while(|room| room.start < starts.end) {
                    let last = Instant(room.end.min(end).0 - grid.duration);
                    let mut start = grid.first_start(offered, starts.start.max(room.start));
                    while start < starts.end && start <= last {
                        if slots.len() >= max_slots {
                            return Ok(slots);
                        }
                        let slot = Interval::new(start, Instant(start.0 + grid.duration));
                        debug_assert_eq!(self.verdict(slot, grid, Scope::Listed), None);
                        if preference.allows(start) {
                            slots.push(slot);
                        }
                        start = Instant(start.0 + grid.increment);
                    }
                }
            }
        }
        Ok(slots)
    }
}
