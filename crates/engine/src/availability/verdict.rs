//! The one predicate: can this slot be booked, and if not, why.

use super::grid::Grid;
use super::schedule::{Day, Schedule};
use super::{Booking, Override, OverrideKind, busy};
use crate::Interval;
use crate::interval::containing;
use std::fmt;

/// Why a slot cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The broker takes no bookings.
    Disabled,
    /// It starts in the past.
    Past,
    /// It starts before the minimum notice is over.
    Notice,
    /// It starts after the booking horizon.
    Horizon,
    /// Not all events that may take its time are known.
    NotSynced,
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
            Self::Past => "past",
            Self::Notice => "notice",
            Self::Horizon => "horizon",
            Self::NotSynced => "not_synced",
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
    /// An index into `covered`.
    Calendar(usize),
}

/// In the order in which a caller should hear of them: what no other time of
/// day would mend comes first.
const RULES: [Reason; 9] = [
    Reason::Disabled,
    Reason::Past,
    Reason::Notice,
    Reason::Horizon,
    Reason::NotSynced,
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
                let mut sources: Vec<_> =
                    self.sources(reason, slot).into_iter().map(Some).collect();
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
            Reason::NotSynced => slot.end > self.known,
            Reason::Taken => touches(&self.occupied, slot),
            Reason::Past => listed && slot.start < self.facts.now,
            Reason::Notice => listed && slot.start >= self.facts.now && slot.start < self.earliest,
            Reason::Horizon => listed && slot.start >= self.horizon,
            Reason::OutsideHours => {
                listed && !containing(&self.open, slot.start).is_some_and(|o| o.contains(slot))
            }
            Reason::OffGrid => listed && !self.is_on_grid(slot, grid),
            Reason::DailyLimit => {
                listed && self.day_of(slot.start).is_some_and(|day| self.is_full(day))
            }
        }
    }

    /// Whether a date has all the bookings it may have, in all or of the meeting type asked for.
    pub(super) fn is_full(&self, day: &Day) -> bool {
        self.is_full_in_all(day)
            || self
                .facts
                .broker
                .max_bookings_of_type_per_day
                .is_some_and(|most| day.bookings_of_type >= most)
    }

    fn is_full_in_all(&self, day: &Day) -> bool {
        self.facts.broker.max_bookings_per_day.is_some_and(|most| day.bookings >= most)
    }

    fn is_on_grid(&self, slot: Interval, grid: Grid) -> bool {
        self.day_of(slot.start)
            .and_then(|day| containing(&day.offered, slot.start))
            .is_some_and(|offered| grid.meets(offered, slot.start))
    }

    /// The facts behind a reason against `slot`.
    fn sources(&self, reason: Reason, slot: Interval) -> Vec<Source> {
        let facts = self.facts;
        let broker = &facts.broker;
        match reason {
            Reason::Taken => {
                let takes = |&event: &Interval| {
                    !event.is_empty() && busy::kept_free_of_event(broker, event).overlaps(slot)
                };
                let mut sources: Vec<_> = places(&facts.events, takes).map(Source::Event).collect();
                let takes = |booking: &Booking| {
                    booking.blocks && busy::kept_free_of_booking(broker, booking).overlaps(slot)
                };
                sources.extend(places(&facts.bookings, takes).map(Source::Booking));
                sources
            }
            Reason::NotSynced => {
                let needed = slot.end.plus_minutes(broker.buffer_after_minutes);
                places(&facts.covered, |&covered| covered < needed).map(Source::Calendar).collect()
            }
            Reason::OutsideHours => {
                let closes =
                    |o: &Override| o.kind == OverrideKind::Block && o.interval.overlaps(slot);
                places(&facts.overrides, closes).map(Source::Override).collect()
            }
            Reason::DailyLimit => {
                let Some(day) = self.day_of(slot.start) else { return vec![] };
                let all_count = self.is_full_in_all(day);
                let counts = |booking: &Booking| {
                    let start = booking.interval.start;
                    (all_count || booking.is_of_type)
                        && day.span.start <= start
                        && start < day.span.end
                };
                places(&facts.bookings, counts).map(Source::Booking).collect()
            }
            _ => vec![],
        }
    }
}

/// Where the facts are that meet a condition.
fn places<T>(facts: &[T], meets: impl Fn(&T) -> bool) -> impl Iterator<Item = usize> {
    facts.iter().enumerate().filter_map(move |(at, fact)| meets(fact).then_some(at))
}

/// Whether `slot` overlaps one of the merged intervals.
fn touches(merged: &[Interval], slot: Interval) -> bool {
    let after = merged.partition_point(|interval| interval.end <= slot.start);
    merged.get(after).is_some_and(|interval| interval.start < slot.end)
}
