//! A slow model of rules with whole days (RFC 5545 section 3.3.10): it looks at
//! every day from the start on, and asks of each whether the rule names it.
//! It shares no code with what it models.

use crate::rules::{Case, Freq, Rule};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use std::collections::BTreeMap;

const DAY: TimeDelta = TimeDelta::days(1);

/// The starts of a series up to `end`.
pub(crate) fn starts(case: &Case, end: NaiveDateTime) -> Vec<NaiveDateTime> {
    let Case { rule, start, .. } = case;
    // BYSETPOS counts in whole periods, from before the start to after the end.
    let before = start.date() - TimeDelta::days(371);
    let days = before.iter_days().take_while(|day| *day < end.date() + TimeDelta::days(371));
    let mut periods: BTreeMap<i64, Vec<NaiveDate>> = BTreeMap::new();
    for day in days.filter(|day| is_named(case, *day)) {
        periods.entry(period(rule, day)).or_default().push(day);
    }
    let first = first_period(case, &periods);
    let times = times(case);
    let mut matches: Vec<NaiveDateTime> = periods
        .into_iter()
        .filter(|(number, _)| (number - first).rem_euclid(rule.interval.into()) == 0)
        .flat_map(|(_, days)| chosen(rule, &days, &times))
        .filter(|time| time > start)
        .collect();
    // "The DTSTART property value always counts as the first occurrence."
    matches.insert(0, *start);
    matches.truncate(rule.count.map_or(usize::MAX, |count| count as usize));
    let until = rule.until.as_ref().map_or(end, |until| until.civil.min(end));
    matches.retain(|time| *time <= until);
    matches
}

/// The number of the day's period of FREQ among all periods.
fn period(rule: &Rule, day: NaiveDate) -> i64 {
    match rule.freq {
        Freq::Daily => day.num_days_from_ce().into(),
        Freq::Weekly => week(rule, day)[0].num_days_from_ce().div_euclid(7).into(),
        Freq::Monthly => i64::from(day.year()) * 12 + i64::from(day.month()),
        Freq::Yearly if rule.by_week_no.is_empty() => day.year().into(),
        Freq::Yearly => week_year(rule, day).into(),
        _ => unreachable!("a rule with whole days"),
    }
}

/// The period from which INTERVAL counts: that of DTSTART. In the days around
/// New Year that are of another year by its weeks, that is the year of the week
/// if the rule names one of its days from DTSTART on, or else the calendar's.
fn first_period(case: &Case, periods: &BTreeMap<i64, Vec<NaiveDate>>) -> i64 {
    let start = case.start.date();
    let own = period(&case.rule, start);
    let is_used = periods.get(&own).is_some_and(|days| days.iter().any(|day| *day >= start));
    if case.rule.by_week_no.is_empty() || is_used { own } else { start.year().into() }
}

/// Whether all parts about days name this one; "information, not contained in
/// the rule, [is] derived from DTSTART".
fn is_named(case: &Case, day: NaiveDate) -> bool {
    let Case { rule, start, .. } = case;
    let no_days =
        rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_year_day.is_empty();
    let has_weeks = !rule.by_week_no.is_empty();
    let derived = match rule.freq {
        Freq::Weekly => !no_days || day.weekday() == start.weekday(),
        Freq::Monthly => !no_days || day.day() == start.day(),
        Freq::Yearly if has_weeks => !no_days || day.weekday() == start.weekday(),
        Freq::Yearly => {
            let names_day = !rule.by_day.is_empty() || !rule.by_year_day.is_empty();
            let same_month = names_day || !rule.by_month.is_empty() || day.month() == start.month();
            same_month && (!no_days || day.day() == start.day())
        }
        _ => true,
    };
    let in_month = || siblings(day, DAY, |other| other.month() == day.month());
    let in_year = || siblings(day, DAY, |other| other.year() == day.year());
    derived
        && (rule.by_month.is_empty() || rule.by_month.contains(&day.month().cast_signed()))
        && (!has_weeks || names(&rule.by_week_no, week_number(rule, day)))
        && (rule.by_year_day.is_empty() || names(&rule.by_year_day, in_year()))
        && (rule.by_month_day.is_empty() || names(&rule.by_month_day, in_month()))
        && (rule.by_day.is_empty() || rule.by_day.iter().any(|&by| is_by_day(rule, by, day)))
}

/// A number counts in the month, or in a yearly rule without BYMONTH in the year.
fn is_by_day(rule: &Rule, (nth, weekday): (Option<i32>, Weekday), day: NaiveDate) -> bool {
    let in_year = rule.freq == Freq::Yearly && rule.by_month.is_empty();
    let is_same =
        |other: NaiveDate| other.year() == day.year() && (in_year || other.month() == day.month());
    let place = || siblings(day, TimeDelta::days(7), is_same);
    day.weekday() == weekday && nth.is_none_or(|nth| names(&[nth], place()))
}

/// A place among others: how many are before it, and after it.
type Place = (i32, i32);

fn siblings(day: NaiveDate, step: TimeDelta, is_sibling: impl Fn(NaiveDate) -> bool) -> Place {
    let count = |step| {
        let mut others = 0;
        while is_sibling(day + step * (others + 1)) {
            others += 1;
        }
        others
    };
    (count(-step), count(step))
}

fn names(numbers: &[i32], (before, after): Place) -> bool {
    numbers.contains(&(before + 1)) || numbers.contains(&(-after - 1))
}

fn week(rule: &Rule, day: NaiveDate) -> [NaiveDate; 7] {
    let mut first = day;
    while first.weekday() != rule.week_start {
        first -= DAY;
    }
    std::array::from_fn(|index| first + DAY * index as i32)
}

/// The year in which most days of its week are.
fn week_year(rule: &Rule, day: NaiveDate) -> i32 {
    let [first, .., last] = week(rule, day);
    let in_first = week(rule, day).iter().filter(|day| day.year() == first.year()).count();
    if in_first >= 4 { first.year() } else { last.year() }
}

fn week_number(rule: &Rule, day: NaiveDate) -> Place {
    let year = week_year(rule, day);
    siblings(day, TimeDelta::days(7), |other| week_year(rule, other) == year)
}

/// The times of an occurrence's day; in a series of dates, its parts "MUST be
/// ignored".
fn times(case: &Case) -> Vec<NaiveTime> {
    let Case { rule, start, .. } = case;
    let or = |list: &[i32], own: u32| match list {
        _ if case.is_date => vec![0],
        [] => vec![own],
        list => list.iter().map(|unit| unit.cast_unsigned()).collect(),
    };
    let mut times = Vec::new();
    for hour in or(&rule.by_hour, start.hour()) {
        for minute in or(&rule.by_minute, start.minute()) {
            for second in or(&rule.by_second, start.second()) {
                times.push(NaiveTime::from_hms_opt(hour, minute, second).unwrap());
            }
        }
    }
    times.sort();
    times.dedup();
    times
}

/// The set of one period, or what BYSETPOS takes of it.
fn chosen(rule: &Rule, days: &[NaiveDate], times: &[NaiveTime]) -> Vec<NaiveDateTime> {
    let set: Vec<_> =
        days.iter().flat_map(|day| times.iter().map(|time| day.and_time(*time))).collect();
    let length = set.len() as i32;
    let place = |index: usize| (index as i32, length - 1 - index as i32);
    let is_chosen =
        |index: usize| rule.by_set_pos.is_empty() || names(&rule.by_set_pos, place(index));
    set.iter().enumerate().filter(|(index, _)| is_chosen(*index)).map(|(_, time)| *time).collect()
}
