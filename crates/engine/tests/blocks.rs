//! How much time series take, within bounds.

use calendar_engine::blocks::{Block, Budget, MAX_CALENDAR_WORK, busy};
use calendar_engine::event::{Span, When};
use calendar_engine::recurrence::{MAX_OCCURRENCES, Master, Override, Recurrence, Series};
use calendar_engine::time::{Instant, Zone, parse_instant};
use calendar_engine::{Interval, Result};

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn interval(start: &str, end: &str) -> Interval {
    Interval::new(at(start), at(end))
}

/// The time for which blocks are stored.
fn range() -> Interval {
    interval("2026-01-30T00:00:00Z", "2027-04-06T00:00:00Z")
}

/// A series that lasts so many minutes from midnight on February 1st.
fn series(minutes: i64, recurrence: &str) -> Series<'static, u8> {
    let start = at("2026-02-01T00:00:00Z");
    let span = Span::Times(Interval::new(start, start.plus_minutes(minutes)));
    let recurrence = Some(Recurrence::parse(recurrence).unwrap());
    Series {
        master: Some(Master { recurrence, ..Master::new(0, span) }),
        overrides: vec![],
        zone: &Zone::UTC,
        calendar_zone: &Zone::UTC,
    }
}

fn of(series: &Series<'_, u8>) -> Result<Vec<Block<u8>>> {
    busy(series, range(), &mut || true)
}

#[test]
fn occurrences_that_overlap_are_one_block() {
    for (minutes, rule, blocks) in [
        (365 * 1440, "RRULE:FREQ=HOURLY", 1),
        (60, "RRULE:FREQ=MINUTELY", 1),
        (60, "RRULE:FREQ=MINUTELY;BYHOUR=9,10,11", 430),
        (1500, "RRULE:FREQ=DAILY", 1),
        (90, "RRULE:FREQ=HOURLY;BYHOUR=9,10,14", 1 + 2 * 429),
        // Those that merely touch stay apart.
        (60, "RRULE:FREQ=HOURLY;COUNT=100", 100),
        (1440, "RRULE:FREQ=DAILY;COUNT=100", 100),
        (30, "RRULE:FREQ=HOURLY;COUNT=100\nRDATE;VALUE=PERIOD:20260201T001500Z/PT40M", 100),
    ] {
        assert_eq!(of(&series(minutes, rule)).unwrap().len(), blocks, "{minutes} {rule}");
    }
}

#[test]
fn an_override_is_a_block_of_its_own() {
    let mut series = series(90, "RRULE:FREQ=HOURLY;COUNT=6");
    series.overrides.push(Override::new(
        1,
        When::At(at("2026-02-01T03:00:00Z")),
        Span::Times(interval("2026-02-01T03:10:00Z", "2026-02-01T03:20:00Z")),
    ));
    let expected = [
        (0, interval("2026-02-01T00:00:00Z", "2026-02-01T03:30:00Z")),
        (1, interval("2026-02-01T03:10:00Z", "2026-02-01T03:20:00Z")),
        (0, interval("2026-02-01T04:00:00Z", "2026-02-01T06:30:00Z")),
    ];
    assert_eq!(of(&series).unwrap(), expected.map(|(key, interval)| Block { key, interval }));
}

#[test]
fn a_series_with_too_many_blocks_is_an_error_that_names_it() {
    for rule in ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=MINUTELY;BYSECOND=0,30"] {
        let error = of(&series(0, &format!("RRULE:{rule}"))).unwrap_err().to_string();
        let named = error.contains(rule) && error.contains(&MAX_OCCURRENCES.to_string());
        assert!(named, "{error}");
    }
    let mut ticks = 0;
    let interrupted = busy(&series(60, "RRULE:FREQ=MINUTELY"), range(), &mut || {
        ticks += 1;
        ticks < 40
    });
    assert!(interrupted.unwrap_err().is_interrupted());
}

#[test]
fn an_extent_has_all_occurrences_of_a_series() {
    let until = "RRULE:FREQ=DAILY;UNTIL=20260301T000000Z";
    let (first, last) = ("2026-02-01T00:00:00Z", "2027-04-06T00:00:00Z");
    for (rule, start, end) in [
        ("RRULE:FREQ=DAILY", first, last),
        (until, first, "2026-03-04T01:00:00Z"),
        (&format!("{until}\nRRULE:FREQ=DAILY;COUNT=3"), first, last),
        // Dates may lie before the start.
        (
            &format!("{until}\nRDATE:20260401T000000Z"),
            "2026-01-30T00:00:00Z",
            "2026-04-04T01:00:00Z",
        ),
    ] {
        assert_eq!(series(60, rule).extent(range()), interval(start, end), "{rule}");
    }
}

#[test]
fn the_work_on_all_series_together_is_bounded() {
    let in_vain = series(10, "RRULE:FREQ=MINUTELY;BYSETPOS=2");
    let mut budget = Budget::default();
    let mut count: u32 = 0;
    while !budget.is_spent() {
        assert_eq!(budget.busy(&in_vain, range(), &mut || true).unwrap().len(), 1);
        count += 1;
    }
    assert!(count > 10 && count <= MAX_CALENDAR_WORK / 500_000, "{count}");
    let error = budget.busy(&series(10, "RRULE:FREQ=DAILY"), range(), &mut || true).unwrap_err();
    assert!(error.to_string().contains(&MAX_CALENDAR_WORK.to_string()), "{error}");
    // What does not recur takes no work.
    let mut single = in_vain;
    single.master.as_mut().unwrap().recurrence = None;
    assert_eq!(budget.busy(&single, range(), &mut || true).unwrap().len(), 1);
}
