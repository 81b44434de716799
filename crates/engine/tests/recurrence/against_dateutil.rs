//! Rules against the Python package dateutil. `scripts/test` runs these
//! tests.

use crate::python::{ask, samples};
use crate::rules::{Case, Freq, Rule, cases, horizon};
use crate::support::{civil_starts, random_ranges};
use chrono::{Datelike, NaiveDateTime, TimeDelta};
use serde_json::json;

/// How many occurrences of a series are compared.
const LIMIT: usize = 60;

/// Whether dateutil and RFC 5545, or libical where that is silent, are of one
/// mind about the rule.
pub(crate) fn is_followed_alike(case: &Case) -> bool {
    let Case { rule, start, .. } = case;
    let weeks = &rule.by_week_no;
    // dateutil errs in some years about a week 52 or 53 that ends in January, and
    // does not know that -52 or -53 can be a week 1 that starts in December.
    let has_last_weeks = weeks.iter().any(|week| week.abs() > 51);
    // Its years are calendar years even so: they cut a week in two that BYSETPOS
    // or INTERVAL should see whole.
    let counts_years = rule.interval > 1 || !rule.by_set_pos.is_empty();
    let has_cut_weeks = counts_years
        && (weeks.iter().any(|week| week.abs() == 1) || start.month() == 12 && start.day() > 28);
    weeks.is_empty() || !has_last_weeks && !has_cut_weeks
}

/// The rule in the words in which dateutil understands it.
pub(crate) fn for_dateutil(case: &Case) -> Rule {
    let Case { start, is_date, .. } = case;
    let mut rule = Rule { count: None, until: None, ..case.rule.clone() };
    // "BYSECOND, BYMINUTE and BYHOUR MUST be ignored" in a series of dates.
    if *is_date {
        for list in [&mut rule.by_hour, &mut rule.by_minute, &mut rule.by_second] {
            list.clear();
        }
    }
    // "If BYDAY, BYMONTHDAY and BYMONTH are missing, the appropriate day or month
    // would have been retrieved from DTSTART": dateutil does so only where none
    // of the day parts is there.
    let has_days = !rule.by_day.is_empty() || !rule.by_year_day.is_empty();
    if rule.freq == Freq::Yearly && !has_days {
        if rule.by_week_no.is_empty() {
            if rule.by_month.is_empty() && !rule.by_month_day.is_empty() {
                rule.by_month.push(start.month().cast_signed());
            }
        } else if rule.by_month_day.is_empty() {
            rule.by_day.push((None, start.weekday()));
        }
    }
    if starts_with_week(case) && rule.by_day.is_empty() {
        rule.by_day.push((None, start.weekday()));
    }
    // dateutil wants a day to match both a BYDAY with a number and one without,
    // and fails at numbers that its table of the year does not reach.
    if rule.by_day.iter().any(|(nth, _)| nth.is_some()) {
        let in_month = rule.freq == Freq::Monthly || !rule.by_month.is_empty();
        let most = if in_month { 5 } else { 53 };
        let numbers = |nth: Option<i32>| match nth {
            Some(nth) => nth.clamp(-most - 1, most + 1)..=nth.clamp(-most - 1, most + 1),
            None => 1..=most,
        };
        let numbered = |(nth, day)| numbers(nth).map(move |nth| (Some(nth), day));
        rule.by_day = rule.by_day.into_iter().flat_map(numbered).collect();
    }
    rule
}

/// dateutil's first week starts at its start, so that BYSETPOS would not see the
/// days before. It is told an earlier start.
fn starts_with_week(case: &Case) -> bool {
    case.rule.freq == Freq::Weekly && !case.rule.by_set_pos.is_empty()
}

pub(crate) fn first(case: &Case) -> NaiveDateTime {
    let days = match starts_with_week(case) {
        true => case.start.weekday().days_since(case.rule.week_start),
        false => 0,
    };
    case.start - TimeDelta::days(days.into())
}

pub(crate) fn end(case: &Case) -> NaiveDateTime {
    case.start + horizon(case.rule.freq)
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn rules_have_the_occurrences_of_dateutil() {
    let mut sampled = samples((cases(Freq::Secondly), random_ranges()), 6000);
    let all = sampled.len();
    sampled.retain(|(case, _)| is_followed_alike(case));
    assert!(sampled.len() > all * 4 / 5, "{} of {all}", sampled.len());
    let told = |civil: NaiveDateTime| format!("{civil:?}");
    let questions: Vec<_> = sampled
        .iter()
        .map(|(case, _)| {
            json!({
                "rule": for_dateutil(case).to_string(),
                "start": told(case.start),
                "first": told(first(case)),
                "count": case.rule.count,
                "until": case.rule.until.as_ref().map(|until| told(until.civil)),
                "limit": LIMIT,
                "end": told(end(case)),
            })
        })
        .collect();
    let answers: Vec<Vec<String>> = ask(include_str!("rules.py"), &questions);
    let mut different = Vec::new();
    let mut recurring = 0;
    for ((case, ranges), answer) in sampled.iter().zip(answers) {
        let theirs: Vec<NaiveDateTime> = answer.iter().map(|text| text.parse().unwrap()).collect();
        recurring += usize::from(theirs.len() > 1);
        let last = match theirs.last() {
            Some(last) if theirs.len() == LIMIT => *last,
            _ => end(case),
        };
        for range in ranges.within(case.start, last) {
            let expected: Vec<_> =
                theirs.iter().copied().filter(|time| range.contains(time)).collect();
            let ours = civil_starts(case, range.clone());
            if ours.as_ref() != Ok(&expected) {
                let same = ours.iter().flatten().zip(&expected).take_while(|(a, b)| a == b).count();
                different.push(format!(
                    "{} from {:?}, in {range:?}\n {same} alike, then {:?} and not {:?}",
                    case.rule,
                    case.start,
                    ours.as_ref().map(|ours| ours.get(same)),
                    expected.get(same),
                ));
                break;
            }
        }
    }
    let shown = &different[..different.len().min(10)];
    assert!(shown.is_empty(), "{} of {all}:\n{}", different.len(), shown.join("\n"));
    assert!(recurring > all / 2, "{recurring} of {all} have more than one occurrence");
}
