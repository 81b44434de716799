//! How long a broker's slots take, once the facts are read.

use calendar_engine::Interval;
use calendar_engine::availability::{
    Broker, Facts, Grid, Preference, Reach, Schedule, Scope, WorkingHours,
};
use calendar_engine::time::{Instant, Zone, date_start};
use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

const HOUR: i64 = 3_600_000_000;

/// Monday to Friday from 9 to 17 in New York, in rows; 50 meetings in two weeks.
fn facts(monday: Instant) -> Facts {
    let hours = (1..=5).map(|weekday| WorkingHours {
        weekday,
        start: 9 * HOUR,
        end: 17 * HOUR,
        valid_from: None,
        valid_until: None,
        is_active: true,
    });
    // Five on each working day, 45 minutes each, 95 minutes apart.
    let days = (0..14).filter(|day| day % 7 < 5);
    let events = days.flat_map(|day| (0..5).map(move |n| day * 24 * 60 + 9 * 60 + n * 95));
    Facts {
        broker: Broker {
            zone: Zone::iana("America/New_York").unwrap(),
            slot_duration_minutes: 30,
            slot_increment_minutes: None,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            minimum_notice_minutes: 0,
            booking_horizon_days: 60,
            max_bookings_per_day: None,
            max_bookings_of_type_per_day: None,
            durations: vec![],
            booking_enabled: true,
        },
        hours: hours.collect(),
        overrides: vec![],
        events: events
            .map(|minute| monday.plus_minutes(minute))
            .map(|start| Interval::new(start, start.plus_minutes(45)))
            .collect(),
        bookings: vec![],
        covered: vec![Instant::MAX],
        now: monday,
    }
}

fn availability(criterion: &mut Criterion) {
    let zone = Zone::iana("America/New_York").unwrap();
    let monday = date_start(&zone, NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
    let facts = facts(monday);
    assert_eq!(facts.events.len(), 50);
    let grid = Grid::new(&facts.broker, None, None).unwrap();
    let preference = Preference { days: None, period: None, zone };
    let window = Interval::new(monday, monday.plus_minutes(14 * 24 * 60));

    criterion.bench_function("slots of 14 days among 50 events", |bencher| {
        bencher.iter(|| {
            let reach = Reach::of(&facts.broker, black_box(window));
            Schedule::new(black_box(&facts), &reach)
                .slots(grid, &preference, usize::MAX, &mut || true)
                .unwrap()
        });
    });

    let start = monday.plus_minutes((24 + 13) * 60);
    let slot = Interval::new(start, start.plus_minutes(30));
    criterion.bench_function("verdict on one slot among 50 events", |bencher| {
        bencher.iter(|| {
            let reach = Reach::of(&facts.broker, black_box(slot));
            Schedule::new(black_box(&facts), &reach).verdict(slot, grid, Scope::Listed)
        });
    });
}

criterion_group!(benches, availability);
criterion_main!(benches);
