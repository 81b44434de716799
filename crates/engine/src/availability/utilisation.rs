//! How much of a broker's open time is used.

use super::Schedule;
use crate::Interval;
use crate::interval::{merge, overlapping, subtract};
use crate::time::date_of;
use chrono::{NaiveDate, TimeDelta};

/// What became of the open time of one local date. `free`, `booked` and `busy`
/// add up to `open`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayUse {
    /// The date.
    pub date: NaiveDate,
    /// Working hours and overrides.
    pub open: TimeDelta,
    /// Taken by bookings, buffers left aside.
    pub booked: TimeDelta,
    /// Taken by events and no booking.
    pub busy: TimeDelta,
    /// Taken by neither.
    pub free: TimeDelta,
}

impl Schedule<'_> {
    /// The use of each local date that begins inside the window. Bookings count
    /// whether they are to come or have taken place.
    pub fn utilisation(&self) -> Vec<DayUse> {
        let booked = merge(self.facts.bookings.iter().map(|b| b.interval).collect());
        let busy = merge(self.facts.events.clone());
        let days = self
            .days
            .iter()
            .filter(|day| self.window.start <= day.span.start && day.span.start < self.window.end);
        days.map(|day| {
            let open = overlapping(&self.open, day.span).iter().map(|i| i.intersect(day.span));
            let open: Vec<_> = open.collect();
            let not_booked = subtract(&open, overlapping(&booked, day.span));
            let free = subtract(&not_booked, overlapping(&busy, day.span));
            let [open, not_booked, free] = [&open, &not_booked, &free].map(|part| total(part));
            DayUse {
                date: date_of(&self.facts.broker.zone, day.span.start),
                open,
                booked: open - not_booked,
                busy: not_booked - free,
                free,
            }
        })
        .collect()
    }
}

fn total(intervals: &[Interval]) -> TimeDelta {
    intervals.iter().map(|interval| interval.end - interval.start).sum()
}
