//! The rules of availability, written down minute by minute.
//!
//! Of the engine, this uses only the types that carry the facts and the names of
//! the reasons: no set of intervals, no conversion of time, no rule. Slots and
//! open time begin and end on minutes here, everything else where it likes.

use crate::situation::Situation;
use calendar_engine::Interval;
use calendar_engine::availability::{
    Booking, Facts, OverrideKind, Period, Preference, Reason, WorkingHours,
};
use calendar_engine::time::{Instant, Zone};
use chrono::{DateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use std::ops::Range;

/// Microseconds in a minute.
pub(crate) const MINUTE: i64 = 60_000_000;

/// Minutes in a day, on clocks that do not change.
const DAY: i64 = 24 * 60;

/// A stretch of time around a window; minutes are counted from 1970 in UTC,
/// local minutes likewise but on the local clock.
pub(crate) struct Model<'a> {
    facts: &'a Facts,
    duration: i64,
    increment: i64,
    /// The first minute.
    first: i64,
    /// What the local clock shows at each minute.
    local: Vec<i64>,
    /// Whether a slot may start at it, by the grid of its date.
    on_grid: Vec<bool>,
    /// Whether the broker works, `block` overrides considered.
    open: Vec<bool>,
    /// Whether an event lies in any part of it.
    has_event: Vec<bool>,
}

impl<'a> Model<'a> {
    pub(crate) fn new(situation: &'a Situation) -> Self {
        let facts = &situation.facts;
        let finest = facts.broker.slot_increment_minutes.unwrap_or(situation.duration_minutes);
        let first = situation.window.start.0.div_euclid(MINUTE) - 3 * DAY;
        let last = situation.window.end.0.div_euclid(MINUTE) + 3 * DAY;
        let minutes = first..last;
        let nowhere = vec![false; minutes.clone().count()];
        let mut model = Self {
            facts,
            duration: situation.duration_minutes,
            increment: situation.increment_minutes.unwrap_or(finest),
            first,
            local: minutes.clone().map(|minute| local(&facts.broker.zone, minute)).collect(),
            on_grid: nowhere.clone(),
            open: nowhere,
            has_event: minutes.map(|m| facts.events.iter().any(|&e| holds(e, m))).collect(),
        };
        // The first and the last date are not whole.
        for date in model.date(first) + 1..model.date(last - 1) {
            model.offer(date);
        }
        for minute in first..last {
            if model.is_in(OverrideKind::Block, minute) {
                let index = model.index(minute);
                model.open[index] = false;
            }
        }
        model
    }

    /// Rules 3 and 5: what a local date offers, and its grids.
    fn offer(&mut self, date: i64) {
        let all = self.first..self.first + self.local.len() as i64;
        let of_date: Vec<i64> = all.clone().filter(|&minute| self.date(minute) == date).collect();
        if of_date.is_empty() {
            return; // The zone skipped it.
        }
        let in_kind = |kind| -> Vec<i64> {
            of_date.iter().copied().filter(|&minute| self.is_in(kind, minute)).collect()
        };
        let mut offered = in_kind(OverrideKind::Replace);
        if offered.is_empty() {
            offered = self.working_hours(date).into_iter().flatten().collect();
        }
        offered.extend(in_kind(OverrideKind::Open));

        let mut is_offered = vec![false; self.local.len()];
        for minute in offered {
            let index = self.index(minute);
            is_offered[index] = true;
            self.open[index] = true;
        }
        let mut began = None;
        for minute in all {
            if !is_offered[self.index(minute)] {
                began = None;
                continue;
            }
            let start = *began.get_or_insert(minute);
            if (minute - start) % self.increment == 0 && self.date(minute) == date {
                let index = self.index(minute);
                self.on_grid[index] = true;
            }
        }
    }

    /// The working hours of a local date, with the default of a broker who has
    /// no row at all.
    fn working_hours(&self, date: i64) -> Vec<Range<i64>> {
        // 1970-01-01 was a Thursday.
        let weekday = (date + 3).rem_euclid(7) + 1;
        let range = |start, end| self.instant(date * DAY + start)..self.instant(date * DAY + end);
        let rows = &self.facts.hours;
        if rows.is_empty() && weekday <= 5 {
            return vec![range(9 * 60, 17 * 60)];
        }
        let day = DateTime::UNIX_EPOCH.date_naive() + TimeDelta::days(date);
        let applies = |row: &&WorkingHours| {
            row.is_active
                && i64::from(row.weekday) == weekday
                && row.valid_from.is_none_or(|from| from <= day)
                && row.valid_until.is_none_or(|until| day <= until)
        };
        rows.iter().filter(applies).map(|r| range(r.start / MINUTE, r.end / MINUTE)).collect()
    }

    /// Rule 4: the first minute at which the clock shows this; where it never
    /// does, the offset before it jumps past counts.
    fn instant(&self, local: i64) -> i64 {
        let shows = |wanted: &dyn Fn(i64) -> bool| {
            self.local.iter().position(|&shown| wanted(shown)).map(|index| index as i64)
        };
        if let Some(index) = shows(&|shown| shown == local) {
            return self.first + index;
        }
        let after_gap = self.first + shows(&|shown| shown > local).unwrap();
        let before_gap = after_gap - 1;
        local - (self.local[self.index(before_gap)] - before_gap)
    }

    /// Every rule that booking the slot of this start would break, in the order
    /// in which they are told.
    pub(crate) fn broken_rules(&self, start: i64) -> Vec<Reason> {
        let broker = &self.facts.broker;
        let (micros, minutes) = (start * MINUTE, start..start + self.duration);
        let horizon = self.facts.now.0 + broker.booking_horizon_days * DAY * MINUTE;
        let around =
            start - broker.buffer_before_minutes..minutes.end + broker.buffer_after_minutes;
        let date = self.date(start);
        let on_date = |booking: &&Booking| {
            local(&broker.zone, booking.interval.start.0.div_euclid(MINUTE)).div_euclid(DAY) == date
        };
        let of_date: Vec<_> = self.facts.bookings.iter().filter(on_date).collect();
        let of_type = of_date.iter().filter(|booking| booking.is_of_type).count() as i64;
        let day_is_full =
            broker.max_bookings_per_day.is_some_and(|most| of_date.len() as i64 >= most)
                || broker.max_bookings_of_type_per_day.is_some_and(|most| of_type >= most);
        let mut bookings = self.facts.bookings.iter().filter(|booking| booking.blocks);
        [
            (Reason::Disabled, !broker.booking_enabled),
            (Reason::Past, micros < self.facts.now.0),
            (
                Reason::Notice,
                micros >= self.facts.now.0
                    && micros < self.facts.now.0 + broker.minimum_notice_minutes * MINUTE,
            ),
            (Reason::Horizon, micros >= horizon),
            (
                Reason::NotSynced,
                self.facts.covered.iter().any(|covered| covered.0 < around.end * MINUTE),
            ),
            (Reason::OutsideHours, !minutes.clone().all(|minute| self.open[self.index(minute)])),
            (Reason::OffGrid, !self.on_grid[self.index(start)]),
            (
                Reason::Taken,
                { around }.any(|minute| self.has_event[self.index(minute)])
                    || bookings.any(|booking| !self.keeps_clear(&minutes, booking)),
            ),
            (Reason::DailyLimit, day_is_full),
        ]
        .into_iter()
        .filter_map(|(reason, is_broken)| is_broken.then_some(reason))
        .collect()
    }

    /// Rule 8: the gap between a slot and a booking is long enough for both.
    fn keeps_clear(&self, slot: &Range<i64>, booking: &Booking) -> bool {
        let broker = &self.facts.broker;
        let since_booking = slot.start * MINUTE - booking.interval.end.0;
        let until_booking = booking.interval.start.0 - slot.end * MINUTE;
        let after = booking.buffer_after_minutes.max(broker.buffer_before_minutes);
        let before = broker.buffer_after_minutes.max(booking.buffer_before_minutes);
        since_booking >= after * MINUTE || until_booking >= before * MINUTE
    }

    /// The slots that start on a minute and lie inside a window.
    pub(crate) fn slots_inside(&self, window: Interval) -> impl Iterator<Item = Interval> {
        let length = self.duration * MINUTE;
        let first = -(-window.start.0).div_euclid(MINUTE);
        (first..)
            .map(move |minute| (minute * MINUTE, minute * MINUTE + length))
            .take_while(move |&(_, end)| end <= window.end.0)
            .map(|(start, end)| Interval::new(Instant(start), Instant(end)))
    }

    pub(crate) fn listed(&self, situation: &Situation) -> Vec<Interval> {
        self.slots_inside(situation.window)
            .filter(|slot| {
                let start = slot.start.0 / MINUTE;
                self.broken_rules(start).is_empty() && is_preferred(&situation.preference, start)
            })
            .take(situation.max_slots)
            .collect()
    }

    fn is_in(&self, kind: OverrideKind, minute: i64) -> bool {
        self.facts.overrides.iter().any(|o| o.kind == kind && holds(o.interval, minute))
    }

    /// The local date of a minute, in days since 1970.
    fn date(&self, minute: i64) -> i64 {
        self.local[self.index(minute)].div_euclid(DAY)
    }

    fn index(&self, minute: i64) -> usize {
        (minute - self.first) as usize
    }
}

/// Rule 10.
fn is_preferred(preference: &Preference, start: i64) -> bool {
    let local = local(&preference.zone, start);
    let weekday = (local.div_euclid(DAY) + 3).rem_euclid(7) + 1;
    let hour = local.rem_euclid(DAY) / 60;
    let period = match preference.period {
        None => 0..24,
        Some(Period::Morning) => 5..12,
        Some(Period::Afternoon) => 12..17,
        Some(Period::Evening) => 17..22,
    };
    let weekday = i32::try_from(weekday).unwrap();
    period.contains(&hour) && preference.days.is_none_or(|days| days.contains(weekday))
}

/// Whether any part of a minute lies in an interval.
fn holds(interval: Interval, minute: i64) -> bool {
    let (start, end) = (interval.start.0, interval.end.0);
    start < end && start < (minute + 1) * MINUTE && minute * MINUTE < end
}

/// What the local clock shows at a minute.
fn local(zone: &Zone, minute: i64) -> i64 {
    let Zone::Iana(tz) = zone else { unreachable!("situations are set in IANA zones") };
    minute + offset_minutes(*tz, minute)
}

fn offset_minutes(tz: Tz, minute: i64) -> i64 {
    let utc = DateTime::from_timestamp(minute * 60, 0).unwrap().naive_utc();
    i64::from(tz.offset_from_utc_datetime(&utc).fix().local_minus_utc()) / 60
}
