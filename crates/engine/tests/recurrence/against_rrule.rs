//! Rules against the crate `rrule`, a second opinion that needs nothing but cargo. It
//! descends from dateutil and is asked in the same words.

use crate::against_dateutil::{end, first, for_dateutil, is_followed_alike};
use crate::python::samples;
use crate::rules::{Case, Freq, cases};
use crate::support::civil_starts;
use chrono::{NaiveDateTime, TimeZone};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

/// How many occurrences of a series are compared.
const LIMIT: usize = 60;

/// Why `rrule` follows a rule otherwise than RFC 5545, and whether it does so here.
type Deviation = (&'static str, fn(&Case) -> bool);

const DEVIATIONS: &[Deviation] = &[
    ("errs about weeks at the turn of the year, as dateutil does", |case| !is_followed_alike(case)),
    ("holds INTERVAL in 16 bits", |case| case.rule.interval > u16::MAX.into()),
    ("refuses the fifth last weekday of a month", |case| {
        let is_of_month = case.rule.freq == Freq::Monthly || !case.rule.by_month.is_empty();
        is_of_month && has_day_before(case, -4)
    }),
    ("refuses the 53rd last weekday of a year", |case| has_day_before(case, -52)),
];

fn has_day_before(case: &Case, nth: i32) -> bool {
    case.rule.by_day.iter().any(|(own, _)| own.is_some_and(|own| own < nth))
}

/// The occurrences as `rrule` has them; `None` where it refuses the rule or gives up.
fn theirs(case: &Case) -> Option<Vec<NaiveDateTime>> {
    let start = Tz::UTC.from_utc_datetime(&first(case));
    let rule: RRule<Unvalidated> = for_dateutil(case).to_string().parse().ok()?;
    let set = RRuleSet::new(start).rrule(rule.validate(start).ok()?);
    let end =
        end(case).min(case.rule.until.as_ref().map_or(NaiveDateTime::MAX, |until| until.civil));
    let before = Tz::UTC.from_utc_datetime(&end);
    let found = set.before(before).all(200);
    // "The DTSTART property value always counts as the first occurrence."
    let mut times = vec![case.start];
    times.extend(
        found.dates.iter().map(chrono::DateTime::naive_utc).filter(|time| *time > case.start),
    );
    times.truncate(case.rule.count.map_or(usize::MAX, |count| count as usize));
    times.retain(|time| *time <= end);
    Some(times)
}

#[test]
fn rules_have_the_occurrences_of_rrule() {
    let mut sampled = samples(cases(Freq::Hourly), 400);
    let all = sampled.len();
    sampled.retain(|case| !DEVIATIONS.iter().any(|(_, deviates)| deviates(case)));
    let mut different = Vec::new();
    let mut compared = 0;
    for case in &sampled {
        let Some(theirs) = theirs(case) else {
            different.push(format!("{} from {:?}: refused", case.rule, case.start));
            continue;
        };
        let theirs = &theirs[..theirs.len().min(LIMIT)];
        let last = match theirs.last() {
            Some(last) if theirs.len() == LIMIT => *last,
            _ => end(case),
        };
        let ours = civil_starts(case, case.start..=last);
        compared += usize::from(theirs.len() > 1);
        if ours.as_deref() != Ok(theirs) {
            let same = ours.iter().flatten().zip(theirs).take_while(|(a, b)| a == b).count();
            different.push(format!(
                "{} from {:?}\n {same} alike, then {:?} and not {:?}",
                case.rule,
                case.start,
                ours.as_ref().map(|ours| ours.get(same)),
                theirs.get(same),
            ));
        }
    }
    let shown = &different[..different.len().min(20)];
    assert!(shown.is_empty(), "{} of {all}:\n{}", different.len(), shown.join("\n"));
    assert!(compared > all / 2, "{compared} of {all} have more than one occurrence");
}
