//! libical's own cases, unchanged, in `tests/recurrence` of this repository.
//!
//! libical's iterator yields what a rule alone matches; this crate yields the
//! recurrence set, to which DTSTART belongs and in which it counts (RFC 5545
//! sections 3.8.5.3 and 3.3.10). So in the cases of [`START_UNMATCHED`], where
//! the rule does not match it, DTSTART is expected first, and COUNT is raised
//! by one to leave room for it. All other cases are run as they stand.

use crate::support::{dates, occurrences, series};
use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::time::{Instant, Offsets, Zone};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use std::collections::BTreeSet;

const CASES: &str = include_str!("../../../../tests/recurrence/libical-icalrecur_test.txt");

/// The rules whose DTSTART is no match: its own occurrence comes first.
const START_UNMATCHED: &[&str] = &[
    "FREQ=HOURLY;BYHOUR=0;BYYEARDAY=360,-2;UNTIL=20260101T000000",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=5",
    "FREQ=MONTHLY;BYMINUTE=12,39;BYHOUR=8,14,15;BYDAY=1MO,1TU,2SA,3MO;BYSETPOS=1,-5,3,-21,4,-8;COUNT=15",
    "FREQ=MONTHLY;INTERVAL=13;BYMONTH=5;COUNT=3",
    "FREQ=WEEKLY;BYDAY=WE,FR;INTERVAL=2;COUNT=4",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=FR;COUNT=3",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH;COUNT=1",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU,SA;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=53;COUNT=1",
    "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=5;BYDAY=TH;COUNT=1",
    "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=6;BYDAY=TH;COUNT=1",
];

/// `BYWEEKNO` beside `BYMONTH` and `BYMONTHDAY` is not implemented in libical.
/// All three are followed here: 30 December in week 1 of the year after.
const UNIMPLEMENTED: (&str, &[&str]) = (
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;BYWEEKNO=1;UNTIL=20320101",
    &["20241230", "20251230", "20301230", "20311230"],
);

struct Case {
    name: String,
    rule: String,
    start: String,
    start_at: Option<String>,
    instances: Vec<String>,
}

fn cases() -> Vec<Case> {
    CASES
        .split("\n\n")
        .filter_map(|block| {
            let field = |name: &str| {
                block
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(|value| value.trim().to_owned())
            };
            let mut rule = field("RRULE:")?;
            let mut instances: Vec<String> =
                field("INSTANCES:").unwrap().split(',').map(str::to_owned).collect();
            if instances[0].starts_with("***") {
                assert_eq!(rule, UNIMPLEMENTED.0);
                instances = UNIMPLEMENTED.1.iter().map(|text| (*text).to_owned()).collect();
            }
            let start = field("DTSTART:").unwrap();
            if instances[0] != start {
                instances.insert(0, start.clone());
                if let Some((before, count)) = rule.split_once("COUNT=") {
                    let count: u32 = count.parse().expect("COUNT comes last in these cases");
                    rule = format!("{before}COUNT={}", count + 1);
                }
            }
            let name = field("#").unwrap_or_else(|| rule.clone());
            Some(Case { name, rule, start, start_at: field("START-AT:"), instances })
        })
        .collect()
}

fn parse(text: &str) -> NaiveDateTime {
    let text = text.trim_end_matches('Z');
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S")
        .unwrap_or_else(|_| NaiveDate::parse_from_str(text, "%Y%m%d").unwrap().into())
}

/// The starts from `from` on, in the form of DTSTART. They last no time, so
/// that none before `from` overlaps it.
fn starts(case: &Case, from: Instant) -> Vec<String> {
    let start = parse(&case.start);
    let (span, format) = if case.start.len() == 8 {
        let first = start.date().to_string();
        (dates(&first, &first), "%Y%m%d")
    } else {
        let utc = Instant::from_utc(start);
        let format = if case.start.ends_with('Z') { "%Y%m%dT%H%M%SZ" } else { "%Y%m%dT%H%M%S" };
        (Span::Times(Interval::new(utc, utc)), format)
    };
    let series = series(&Zone::UTC, span, &format!("RRULE:{}", case.rule));
    let last = parse(case.instances.last().unwrap());
    // A year more would show an end that came too late.
    let to = Instant::from_utc(last + TimeDelta::days(366));
    occurrences(&series, Interval::new(from, to))
        .unwrap()
        .iter()
        .map(|found| Zone::UTC.instant_to_local(found.interval.start).format(format).to_string())
        .collect()
}

#[test]
fn every_case_agrees() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let found = starts(case, Instant::from_utc(parse(&case.start)));
        if found != case.instances {
            wrong.push(format!(
                "{} {}\n want {:?}\n got  {found:?}",
                case.name, case.rule, case.instances
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert_eq!(cases.len(), 146);
}

/// START-AT asks for the instances from a time on. It must not change them, and
/// neither must any other time to start at.
#[test]
fn starting_late_changes_nothing() {
    let mut with_start_at = 0;
    for case in &cases() {
        let every = case.instances.len().div_ceil(20);
        let later = case.instances.iter().step_by(every).map(String::as_str);
        with_start_at += u32::from(case.start_at.is_some());
        for from in case.start_at.as_deref().into_iter().chain(later) {
            let want: Vec<_> =
                case.instances.iter().filter(|text| parse(text) >= parse(from)).cloned().collect();
            let found = starts(case, Instant::from_utc(parse(from)));
            assert_eq!(found, want, "{} {} from {from}", case.name, case.rule);
        }
    }
    assert_eq!(with_start_at, CASES.matches("\nSTART-AT:").count() as u32);
}

#[test]
fn the_list_of_unmatched_starts_is_complete() {
    let unmatched: BTreeSet<_> = CASES
        .split("\n\n")
        .filter_map(|block| {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            let first = field("INSTANCES:")?.trim().split(',').next()?;
            (!first.starts_with("***") && Some(first) != field("DTSTART:"))
                .then_some(field("RRULE:")?)
        })
        .collect();
    assert_eq!(unmatched, START_UNMATCHED.iter().copied().collect());
}
