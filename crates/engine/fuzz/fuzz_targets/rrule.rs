//! Any text as recurrence properties: the expansion is bounded, sorted, and the
//! same wherever it begins.

#![no_main]

use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::recurrence::{
    MAX_OCCURRENCES, Master, Recurrence, Series, wall_clock_occurrences,
};
use calendar_engine::time::{Instant, Offsets, Zone};
use chrono::TimeDelta;
use libfuzzer_sys::fuzz_target;

const ZONES: [&str; 4] = ["UTC", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"];

fuzz_target!(|input: (u32, u8, u16, u8, &str)| {
    let (start, zone, length, kind, lines) = input;
    let Ok(recurrence) = Recurrence::parse(lines) else { return };
    let zone = Zone::iana(ZONES[usize::from(zone) % ZONES.len()]).unwrap();
    let start = Instant(i64::from(start) * 1_000_000);
    let end = start.plus_minutes(length.into());
    let span = match kind % 2 {
        0 => Span::Times(Interval::new(start, end)),
        _ => {
            let first = zone.instant_to_local(start).date();
            Span::Dates(first, first + TimeDelta::days(i64::from(length % 10)))
        }
    };
    let series = Series {
        master: Some(Master { recurrence: Some(recurrence.clone()), ..Master::new((), span) }),
        overrides: Vec::new(),
        zone: &zone,
        calendar_zone: &zone,
    };
    let from = |days| Interval::new(start + TimeDelta::days(days), start + TimeDelta::days(1000));
    let _ = wall_clock_occurrences(&recurrence, start, end, &zone, from(0), &mut || true);
    let Ok(all) = series.occurrences(from(-3), &mut || true) else { return };
    assert!(all.len() <= MAX_OCCURRENCES);
    assert!(all.is_sorted_by_key(|occurrence| occurrence.interval));
    let Ok(late) = series.occurrences(from(500), &mut || true) else { return };
    let range = from(500);
    let is_late = |interval: Interval| {
        if interval.is_empty() { range.start <= interval.start } else { interval.overlaps(range) }
    };
    let wanted: Vec<_> = all.into_iter().filter(|found| is_late(found.interval)).collect();
    assert_eq!(late, wanted);
});
