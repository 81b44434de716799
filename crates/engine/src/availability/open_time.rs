//! The time at which a broker works, date by date.

use super::{Override, OverrideKind, WorkingHours};
use crate::Interval;
use crate::interval::{merge, overlapping};
use crate::time::{LocalDate, Zone};
use chrono::Datelike;

/// Microseconds in an hour.
const HOUR: i64 = 3_600_000_000;

/// The overrides that open time, each kind sorted and merged once for all dates.
pub(super) struct Opening {
    replace: Vec<Interval>,
    open: Vec<Interval>,
}

impl Opening {
    pub(super) fn of(overrides: &[Override]) -> Self {
        Self {
            replace: of_kind(overrides, OverrideKind::Replace),
            open: of_kind(overrides, OverrideKind::Open),
        }
    }

    /// What a date offers before `block` overrides: its working hours, or in their
    /// place its `replace` overrides, and its `open` overrides; merged. `day` is
    /// the interval from the date's midnight to the next.
    pub(super) fn offered(
        &self,
        hours: &[WorkingHours],
        date: &LocalDate<'_, Zone>,
        day: Interval,
    ) -> Vec<Interval> {
        let within = |intervals| overlapping(intervals, day).iter().map(|i| i.intersect(day));
        let mut offered: Vec<Interval> = within(&self.replace).collect();
        if offered.is_empty() {
            offered = working_hours(hours, date);
        }
        offered.extend(within(&self.open));
        merge(offered)
    }
}

/// What `block` overrides close, merged.
pub(super) fn closed(overrides: &[Override]) -> Vec<Interval> {
    of_kind(overrides, OverrideKind::Block)
}

fn of_kind(overrides: &[Override], kind: OverrideKind) -> Vec<Interval> {
    merge(overrides.iter().filter(|o| o.kind == kind).map(|o| o.interval).collect())
}

fn working_hours(rows: &[WorkingHours], date: &LocalDate<'_, Zone>) -> Vec<Interval> {
    let interval = |start: i64, end: i64| Interval::new(date.at(start), date.at(end));
    let date = date.date;
    let weekday = date.weekday().number_from_monday();
    if rows.is_empty() {
        return if weekday <= 5 { vec![interval(9 * HOUR, 17 * HOUR)] } else { vec![] };
    }
    rows.iter()
        .filter(|row| {
            row.is_active
                && row.weekday == weekday
                && row.valid_from.is_none_or(|from| from <= date)
                && row.valid_until.is_none_or(|until| date <= until)
        })
        .map(|row| interval(row.start, row.end))
        .collect()
}
