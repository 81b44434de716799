//! The one predicate: can this slot be booked, and if not, why.

use super::grid::Grid;
use super::schedule::Schedule;
use super::{OverrideKind, busy};
use crate::Interval;
use crate::interval::containing;
use std::fmt;

/// Why a slot cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The broker takes no bookings.
    Disabled,
    /// It starts before the minimum notice is over, or in the past.
    Notice,
    /// It starts after the booking horizon.
    Horizon,
    /// It does not lie within open time.
    OutsideHours,
    /// It does not start on the grid of its date.
    OffGrid,
    /// An event or a booking, or a buffer, takes its time.
    Taken,
    /// Its date has all the bookings it may have.
    DailyLimit,
}

impl Reason {
    /// The word for it in `bookings` errors.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Notice => "notice",
            Self::Horizon => "horizon",
            Self::OutsideHours => "outside_hours",
            Self::OffGrid => "off_grid",
            Self::Taken => "taken",
            Self::DailyLimit => "daily_limit",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which rules a slot must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of them, as for a slot that is listed.
    Listed,
    /// For staff: hours, grid, notice, horizon and the daily limit do not count.
    OutsideHours,
}

/// A reason against a slot, and the fact behind it where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obstacle {
    /// The rule.
    pub reason: Reason,
    /// The fact, by its position in [`super::Facts`].
    pub source: Option<Source>,
}

/// A fact, by its position in [`super::Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An index into `events`.
    Event(usize),
    /// An index into `bookings`.
    Booking(usize),
    /// An index into `overrides`.
    Override(usize),
}

/// In the order in which a caller should hear of them: what no other time of
/// day would mend comes first.
const RULES: [Reason; 7] = [
    Reason::Disabled,
    Reason::Notice,
    Reason::Horizon,
    Reason::OutsideHours,
    Reason::OffGrid,
    Reason::Taken,
    Reason::DailyLimit,
];

impl Schedule<'_> {
    /// The first reason against booking `slot` on `grid`, or `None` where it can
    /// be booked. The slot must lie inside the window of the schedule's reach.
    pub fn verdict(&self, slot: Interval, grid: Grid, scope: Scope) -> Option<Reason> {
        RULES.into_iter().find(|&rule| self.breaks(rule, slot, grid, scope))
    }

    /// Every reason against booking `slot`, with each fact behind it.
    pub fn obstacles(&self, slot: Interval, grid: Grid) -> Vec<Obstacle> {
        let broken = RULES.into_iter().filter(|&r| self.breaks(r, slot, grid, Scope::Listed));
        broken
            .flat_map(|reason| {
                let mut sources = self.sources(reason, slot);
                if sources.is_empty() {
                    sources.push(None);
                }
                sources.into_iter().map(move |source| Obstacle { reason, source })
            })
            .collect()
    }

    fn breaks(&self, rule: Reason, slot: Interval, grid: Grid, scope: Scope) -> bool {
        let listed = scope == Scope::Listed;
        let broker = &self.facts.broker;
        match rule {
            Reason::Disabled => !broker.booking_enabled,
            Reason::Taken => touches(&self.occupied, slot),
            Reason::Notice => listed && slot.start < self.earliest,
            Reason::Horizon => listed && slot.start >= self.horizon,
            Reason::OutsideHours => {
                listed && !containing(&self.open, slot.start).is_some_and(|o| o.contains(slot))
            }
            Reason::OffGrid => listed && !self.is_on_grid(slot, grid),
            Reason::DailyLimit => {
                listed
                    && broker.max_bookings_per_day.is_some_and(|most| {
                        self.day_of(slot.start).is_some_and(|day| day.bookings >= most)
                    })
            }
        }
    }

    fn is_on_grid(&self, slot: Interval, grid: Grid) -> bool {
        self.day_of(slot.start)
            .and_then(|day| containing(&day.offered, slot.start))
            .is_some_and(|offered| grid.meets(offered, slot.start))
    }

    fn sources(&self, reason: Reason, slot: Interval) -> Vec<Option<Source>> {
        let facts = self.facts;
        let broker = &facts.broker;
        let found = |hits: &mut dyn Iterator<Item = Source>| hits.map(Some).collect();
        match reason {
            Reason::Taken => {
                let mut events = (0..facts.events.len())
                    .filter(|&i| {
                        let event = facts.events[i];
                        !event.is_empty() && busy::kept_free_of_event(broker, event).overlaps(slot)
                    })
                    .map(Source::Event);
                let mut bookings = (0..facts.bookings.len())
                    .filter(|&i| {
                        let booking = &facts.bookings[i];
                        booking.blocks && busy::kept_free_of_booking(broker, booking).overlaps(slot)
                    })
                    .map(Source::Booking);
                found(&mut events.by_ref().chain(bookings.by_ref()))
            }
            Reason::OutsideHours => found(
                &mut (0..facts.overrides.len())
                    .filter(|&i| {
                        let o = &facts.overrides[i];
                        o.kind == OverrideKind::Block && o.interval.overlaps(slot)
                    })
                    .map(Source::Override),
            ),
            Reason::DailyLimit => {
                let day = self.day_of(slot.start).map(|day| day.span);
                found(
                    &mut (0..facts.bookings.len())
                        .filter(|&i| {
                            let start = facts.bookings[i].interval.start;
                            day.is_some_and(|day| day.start <= start && start < day.end)
                        })
                        .map(Source::Booking),
                )
            }
            _ => vec![],
        }
    }
}

/// Whether `slot` overlaps one of the merged intervals.
fn touches(merged: &[Interval], slot: Interval) -> bool {
    let after = merged.partition_point(|interval| interval.end <= slot.start);
    merged.get(after).is_some_and(|interval| interval.start < slot.end)
}
