//! The time at which a broker works, date by date.

use super::{Facts, Override, OverrideKind, WorkingHours};
use crate::Interval;
use crate::interval::merge;
use crate::time::{Zone, local_to_instant};
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};

/// Microseconds in an hour.
const HOUR: i64 = 3_600_000_000;

/// What a date offers before `block` overrides: its working hours, or in their
/// place its `replace` overrides, and its `open` overrides; merged. `day` is
/// the interval from the date's midnight to the next.
pub(super) fn offered(facts: &Facts, date: NaiveDate, day: Interval) -> Vec<Interval> {
    let of_kind = |kind: OverrideKind| {
        facts
            .overrides
            .iter()
            .filter(move |o| o.kind == kind && o.interval.overlaps(day))
            .map(move |o| o.interval.intersect(day))
    };
    let mut offered: Vec<Interval> = of_kind(OverrideKind::Replace).collect();
    if offered.is_empty() {
        offered = working_hours(&facts.hours, date, &facts.broker.zone);
    }
    offered.extend(of_kind(OverrideKind::Open));
    merge(offered)
}

/// What `block` overrides close, merged.
pub(super) fn closed(overrides: &[Override]) -> Vec<Interval> {
    let blocks = overrides.iter().filter(|o| o.kind == OverrideKind::Block);
    merge(blocks.map(|o| o.interval).collect())
}

fn working_hours(rows: &[WorkingHours], date: NaiveDate, zone: &Zone) -> Vec<Interval> {
    let weekday = date.weekday().number_from_monday();
    let interval = |start: i64, end: i64| Interval::new(at(zone, date, start), at(zone, date, end));
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

/// The instant of a local time of day, where 24:00 is the next date's midnight.
fn at(zone: &Zone, date: NaiveDate, microseconds: i64) -> crate::time::Instant {
    local_to_instant(zone, date.and_time(NaiveTime::MIN) + TimeDelta::microseconds(microseconds))
}
