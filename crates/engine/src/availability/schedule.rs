//! A broker's time, laid out for questions.

use super::{Booking, Broker, Facts, busy, open_time};
use crate::Interval;
use crate::interval::{merge, subtract};
use crate::time::{Instant, date_of, date_start, dates_from};
use chrono::{Days, NaiveDate};

/// The longest buffer that a booking can carry, in minutes.
const MAX_BUFFER_MINUTES: i64 = 24 * 60;

/// How far facts must be known for the slots inside a window to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The window.
    pub window: Interval,
    /// Events that overlap this matter: the window and the broker's buffers.
    pub events: Interval,
    /// Bookings that overlap this matter: the dates, and the window with the
    /// longest buffers that bookings carry.
    pub bookings: Interval,
    /// Overrides that overlap this matter: whole local dates.
    pub dates: Interval,
    first_date: NaiveDate,
    last_date: NaiveDate,
}

impl Reach {
    /// The reach of the slots inside `window`.
    pub fn of(broker: &Broker, window: Interval) -> Self {
        // Hours of the date before can end after midnight where a gap pushes them.
        let first_date = date_of(&broker.zone, window.start) - Days::new(1);
        let last_date = date_of(&broker.zone, window.end);
        let dates = Interval::new(
            date_start(&broker.zone, first_date),
            date_start(&broker.zone, last_date + Days::new(1)),
        );
        let around = |before: i64, after: i64| {
            Interval::new(window.start.plus_minutes(-before), window.end.plus_minutes(after))
        };
        let longest = around(MAX_BUFFER_MINUTES, MAX_BUFFER_MINUTES);
        Self {
            window,
            events: around(broker.buffer_before_minutes, broker.buffer_after_minutes),
            bookings: Interval::new(longest.start.min(dates.start), longest.end.max(dates.end)),
            dates,
            first_date,
            last_date,
        }
    }
}

/// One local date.
#[derive(Debug)]
pub(super) struct Day {
    /// From its midnight to the next.
    pub(super) span: Interval,
    /// What it offers before `block` overrides; each starts a grid.
    pub(super) offered: Vec<Interval>,
    /// Bookings that start on it.
    pub(super) bookings: i64,
    /// Those of them that are of the meeting type asked for.
    pub(super) bookings_of_type: i64,
}

/// A broker's time, laid out over a [`Reach`].
#[derive(Debug)]
pub struct Schedule<'a> {
    pub(super) facts: &'a Facts,
    pub(super) window: Interval,
    /// The local dates that exist, in order.
    pub(super) days: Vec<Day>,
    /// Open time of all dates less `block` overrides; touching times are one.
    pub(super) open: Vec<Interval>,
    /// What events and bookings take, buffers included.
    pub(super) occupied: Vec<Interval>,
    /// The first instant at which a slot may start, by the minimum notice.
    pub(super) earliest: Instant,
    /// The first instant at which a slot may no longer start, by the horizon.
    pub(super) horizon: Instant,
    /// The last instant at which a slot may end, by what is known of the calendars.
    pub(super) known: Instant,
}

impl<'a> Schedule<'a> {
    /// Lays out `facts`, which must be complete within `reach`.
    pub fn new(facts: &'a Facts, reach: &Reach) -> Self {
        let days = days(facts, reach);
        let offered = merge(days.iter().flat_map(|day| &day.offered).copied().collect());
        let (earliest, horizon) = bookable_from_until(&facts.broker, facts.now);
        Self {
            facts,
            window: reach.window,
            open: subtract(&offered, &open_time::closed(&facts.overrides)),
            occupied: busy::occupied(facts),
            days,
            earliest,
            horizon,
            known: Self::known_until(&facts.broker, &facts.covered),
        }
    }

    /// The last instant at which a slot may end, if the events of each blocking calendar are
    /// known until then (`covered`): those in the buffer after the slot matter, too.
    fn known_until(broker: &Broker, covered: &[Instant]) -> Instant {
        let covered = covered.iter().min();
        covered.map_or(Instant::MAX, |at| at.plus_minutes(-broker.buffer_after_minutes))
    }

    /// The local date on which `instant` lies.
    pub(super) fn day_of(&self, instant: Instant) -> Option<&Day> {
        let after = self.days.partition_point(|day| day.span.start <= instant);
        self.days[..after].last().filter(|day| instant < day.span.end)
    }
}

/// The instants between which a slot may start: after the minimum notice and
/// before the horizon.
pub(super) fn bookable_from_until(broker: &Broker, now: Instant) -> (Instant, Instant) {
    (
        now.plus_minutes(broker.minimum_notice_minutes),
        now.plus_minutes(broker.booking_horizon_days * 24 * 60),
    )
}

fn days(facts: &Facts, reach: &Reach) -> Vec<Day> {
    let zone = &facts.broker.zone;
    let opening = open_time::Opening::of(&facts.overrides);
    let all = sorted_starts(facts.bookings.iter());
    let of_type = sorted_starts(facts.bookings.iter().filter(|booking| booking.is_of_type));
    let mut start = reach.dates.start;
    let mut days = Vec::with_capacity(16);
    let mut dates = dates_from(zone, reach.first_date).peekable();
    while let Some(date) = dates.next_if(|date| date.date <= reach.last_date) {
        let Some(next) = dates.peek() else { break };
        let span = Interval::new(start, next.at(0));
        start = span.end;
        // The zone skipped this date.
        if span.is_empty() {
            continue;
        }
        days.push(Day {
            span,
            offered: opening.offered(&facts.hours, &date, span),
            bookings: within(&all, span),
            bookings_of_type: within(&of_type, span),
        });
    }
    days
}

/// When bookings start, in order.
fn sorted_starts<'a>(bookings: impl Iterator<Item = &'a Booking>) -> Vec<Instant> {
    let mut starts: Vec<_> = bookings.map(|booking| booking.interval.start).collect();
    if !starts.is_sorted() {
        starts.sort_unstable();
    }
    starts
}

/// How many instants lie within `span`.
fn within(sorted: &[Instant], span: Interval) -> i64 {
    let before = |instant| sorted.partition_point(|&at| at < instant);
    (before(span.end) - before(span.start)) as i64
}
