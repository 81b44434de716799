//! What is true of every rule and every series.
//!
//! `PROPTEST_CASES=20000 cargo test --test recurrence` looks longer than usual.

use crate::model;
use crate::random_series::any_series;
use crate::rules::{Case, Freq, cases, horizon};
use crate::support::{civil_starts, random_ranges};
use calendar_engine::Interval;
use calendar_engine::recurrence::{Recurrence, wall_clock_occurrences};
use chrono::{NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::fmt::Debug;

// More occurrences than are allowed are an error, and no property: at a change of
// the clocks even those count that may come to lie in the range.

/// `PROPTEST_CASES`, or as many as take some seconds. Seeds of failures are kept
/// in `properties.regressions`, to be tried first from then on.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(500),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        max_shrink_iters: 2000,
        ..ProptestConfig::default()
    }
}

fn end(case: &Case) -> NaiveDateTime {
    case.start + horizon(case.rule.freq) / 3
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn rules_have_the_occurrences_of_the_model(
        case in cases(Freq::Daily),
        ranges in random_ranges(),
    ) {
        let expected = model::starts(&case, end(&case));
        for range in ranges.within(case.start, end(&case)) {
            let expected: Vec<_> =
                expected.iter().copied().filter(|time| range.contains(time)).collect();
            let found = civil_starts(&case, range).map_err(TestCaseError::fail)?;
            assert_same(&found, &expected)?;
        }
    }

    #[test]
    fn a_part_of_a_range_has_the_occurrences_that_overlap_it(
        (series, reach) in any_series(),
        ranges in random_ranges(),
    ) {
        let series_of = series.series("");
        let from = series.start - TimeDelta::days(3);
        let found = |range| {
            series_of.occurrences(range, &mut || true).map(|mut found| {
                assert!(found.is_sorted_by_key(|found| found.interval));
                // Overrides may well take place at one time.
                found.sort_by_key(|found| (found.interval, found.key));
                found
            })
        };
        let mut ranges = ranges.of(series.instant(from), series.instant(series.start + reach));
        let wide = ranges.next().unwrap();
        let Ok(whole) = found(wide) else { return Ok(()) };
        if series.changes.is_empty() {
            prop_assert!(whole.is_sorted_by(|a, b| a.interval < b.interval), "{:?}", whole);
        }
        let intervals: Vec<_> = whole.iter().map(|found| found.interval).collect();
        for range in ranges.chain(middles(&intervals, wide)) {
            let Ok(part) = found(range) else { continue };
            let expected: Vec<_> =
                whole.iter().copied().filter(|found| is_in(found.interval, range)).collect();
            assert_same(&part, &expected)?;
        }
    }

    #[test]
    fn a_part_of_a_range_has_the_opening_hours_that_overlap_it(
        (series, reach) in any_series(),
        ranges in random_ranges(),
    ) {
        let recurrence = Recurrence::parse(&series.lines("").join("\n")).unwrap();
        let Interval { start, end } = series.master_span().interval(&series.zone);
        let found = |range| {
            wall_clock_occurrences(&recurrence, start, end, &series.zone, range, &mut || true)
        };
        let from = series.start - TimeDelta::days(3);
        let mut ranges = ranges.of(series.instant(from), series.instant(series.start + reach));
        let wide = ranges.next().unwrap();
        let Ok(whole) = found(wide) else { return Ok(()) };
        prop_assert!(whole.is_sorted_by(|a, b| a.start < b.start), "{:?}", whole);
        for range in ranges.chain(middles(&whole, wide)) {
            let Ok(part) = found(range) else { continue };
            let expected: Vec<_> =
                whole.iter().copied().filter(|interval| is_in(*interval, range)).collect();
            assert_same(&part, &expected)?;
        }
    }
}

/// Tells where two lists that may be long begin to differ.
fn assert_same<T: PartialEq + Debug>(found: &[T], expected: &[T]) -> Result<(), TestCaseError> {
    let same = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
    prop_assert_eq!(found.get(same), expected.get(same), "after {} alike", same);
    Ok(())
}

/// A second in the middle of some of them: it is found that they began before.
fn middles(intervals: &[Interval], wide: Interval) -> impl Iterator<Item = Interval> {
    let some = intervals.iter().step_by(intervals.len() / 10 + 1);
    some.map(|interval| {
        let middle = interval.start + (interval.end - interval.start) / 2;
        Interval::new(middle, middle + TimeDelta::seconds(1))
    })
    .filter(move |second| wide.contains(*second))
}

/// Whether an occurrence is told of: one that lasts no time if it starts inside.
fn is_in(interval: Interval, range: Interval) -> bool {
    let starts = range.start <= interval.start && interval.start < range.end;
    starts || interval.overlaps(range)
}
