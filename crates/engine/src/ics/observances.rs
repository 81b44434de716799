//! From a zone to the observances of a VTIMEZONE (RFC 5545 section 3.6.5).

use super::changes::changes_between;
use super::vtimezone::{Definition, Observance};
use crate::rfc5545::{format_utc, weekday_name};
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The years that a written VTIMEZONE can begin in and describe.
const YEARS: RangeInclusive<i32> = 1970..=2099;

/// The VTIMEZONE of a zone, for times from `since` on. A change that takes place
/// by one rule up to the end of all known years is written without an end.
pub(super) fn definition_of(zone: &Zone, tzid: &str, since: Instant) -> Definition {
    let (first_year, last_year) = YEARS.into_inner();
    // A year earlier: a time in the first days of a year may be in the last one's observance.
    let year = (since.utc().year() - 1).clamp(first_year, last_year);
    let onset = new_year(year);
    let start = local_to_instant(zone, onset);
    let offset = zone.offset_at(start);
    let first =
        Observance { onset, offset_from: offset, offset_to: offset, ..Observance::default() };
    let mut observances = vec![first];

    let mut by_offsets: BTreeMap<(i32, i32), Vec<Change>> = BTreeMap::new();
    for at in changes_between(zone, start, Instant::from_utc(new_year(last_year + 1))) {
        let from = zone.offset_at(at + TimeDelta::seconds(-1));
        let change = Change { at, local: (at + TimeDelta::seconds(i64::from(from))).utc() };
        by_offsets.entry((from, zone.offset_at(at))).or_default().push(change);
    }
    for ((offset_from, offset_to), changes) in by_offsets {
        let observance = |onset, rules, dates| Observance {
            is_daylight: offset_to > offset_from,
            onset,
            offset_from,
            offset_to,
            rules,
            dates,
        };
        let mut single = Vec::new();
        for (run, pattern) in runs(&changes) {
            match run {
                [first, .., last] => {
                    let mut rule = pattern.rule();
                    if last.local.year() < last_year {
                        // A day later: some readers take it for a local time.
                        let until = last.at + TimeDelta::days(1);
                        rule.push_str(&format!(";UNTIL={}", format_utc(until)));
                    }
                    observances.push(observance(first.local, vec![rule], Vec::new()));
                }
                _ => single.extend(run.iter().map(|change| change.local)),
            }
        }
        if let Some((&first, others)) = single.split_first() {
            observances.push(observance(first, Vec::new(), others.to_vec()));
        }
    }
    observances.sort_by_key(|observance| observance.onset);
    Definition { tzid: tzid.to_owned(), location: zone.name().map(str::to_owned), observances }
}

fn new_year(year: i32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN)
}

/// A change of offset.
#[derive(Debug, Clone, Copy)]
struct Change {
    at: Instant,
    /// By the clock before.
    local: NaiveDateTime,
}

/// The changes in runs, each as long as one yearly rule can describe it.
fn runs(changes: &[Change]) -> Vec<(&[Change], Pattern)> {
    let mut runs = Vec::new();
    let mut rest = changes;
    while let Some((first, others)) = rest.split_first() {
        let mut pattern = Pattern::of(first);
        let mut year = first.local.year();
        let mut length = 1;
        for change in others {
            let Some(wider) = pattern.with(change).filter(|_| change.local.year() == year + 1)
            else {
                break;
            };
            (pattern, year, length) = (wider, year + 1, length + 1);
        }
        let (run, after) = rest.split_at(length);
        runs.push((run, pattern));
        rest = after;
    }
    runs
}

/// On which day of a month some changes took place, one a year.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    month: u32,
    time: NaiveTime,
    weekday: Weekday,
    /// The earliest and the latest day of the month.
    days: (u32, u32),
    /// Which such weekday of the month, where it is always the same one.
    nth: Option<u32>,
    /// Whether it is always the last one.
    is_last: bool,
}

impl Pattern {
    fn of(change: &Change) -> Self {
        let date = change.local.date();
        Self {
            month: date.month(),
            time: change.local.time(),
            weekday: date.weekday(),
            days: (date.day(), date.day()),
            nth: Some(date.day().div_ceil(7)),
            is_last: (date + TimeDelta::weeks(1)).month() != date.month(),
        }
    }

    /// The pattern of these changes and one more, if one rule can describe it.
    fn with(self, change: &Change) -> Option<Self> {
        let other = Self::of(change);
        let alike =
            (self.month, self.time, self.weekday) == (other.month, other.time, other.weekday);
        let wider = Self {
            days: (self.days.0.min(other.days.0), self.days.1.max(other.days.1)),
            nth: self.nth.filter(|_| self.nth == other.nth),
            is_last: self.is_last && other.is_last,
            ..self
        };
        let has_rule = wider.nth.is_some() || wider.is_last || wider.days.1 - wider.days.0 < 7;
        (alike && has_rule).then_some(wider)
    }

    /// RRULE (section 3.8.5.3).
    fn rule(self) -> String {
        let weekday = weekday_name(self.weekday);
        let day = if self.is_last {
            format!("BYDAY=-1{weekday}")
        } else if let Some(nth) = self.nth {
            format!("BYDAY={nth}{weekday}")
        } else {
            let first = self.days.1.saturating_sub(6).max(1);
            let days: Vec<_> = (first..first + 7).map(|day| day.to_string()).collect();
            format!("BYDAY={weekday};BYMONTHDAY={}", days.join(","))
        };
        format!("FREQ=YEARLY;BYMONTH={};{day}", self.month)
    }
}
