//! How long recurrences take that are common, long, or in vain.

use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::recurrence::{Master, Recurrence, Series};
use calendar_engine::time::{Zone, parse_instant};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn recurrence(criterion: &mut Criterion) {
    let zone = Zone::iana("America/New_York").unwrap();
    let at = |text: &str| parse_instant(text).unwrap();
    let start = at("2026-03-02T09:00:00-05:00");
    for (name, rule, until) in [
        ("a year of a weekly rule", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "2027-03-02T00:00:00Z"),
        ("ten years of a daily rule", "FREQ=DAILY", "2036-03-02T00:00:00Z"),
        ("a rule that never fires", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2036-03-02T00:00:00Z"),
    ] {
        let series = Series {
            master: Some(Master {
                recurrence: Some(Recurrence::parse(rule).unwrap()),
                ..Master::new(0, Span::Times(Interval::new(start, start.plus_minutes(60))))
            }),
            overrides: vec![],
            zone: &zone,
            calendar_zone: &zone,
        };
        let range = Interval::new(start, at(until));
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| series.occurrences(black_box(range), &mut || true).unwrap());
        });
    }
}

criterion_group!(benches, recurrence);
criterion_main!(benches);
