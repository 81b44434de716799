//! How long phrases take to understand and instants to say.

use calendar_engine::spoken::{parse_when, spoken_instant};
use calendar_engine::time::{Zone, parse_instant};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn spoken(criterion: &mut Criterion) {
    let zone = Zone::iana("America/Toronto").unwrap();
    let reference = parse_instant("2026-11-20T10:00:00-05:00").unwrap();
    for phrase in [
        "tomorrow at 3",
        "next Tuesday afternoon",
        "the third Tuesday of next month",
        "um, could you do maybe Tuesday the 24th at half past nine please",
        "anytime after 3 on weekdays",
        "10am Pacific time tomorrow",
        "February 29th",
        "2026-12-01T15:30:00-05:00",
        "I would like to book a haircut",
    ] {
        criterion.bench_function(phrase, |bencher| {
            bencher.iter(|| parse_when(black_box(phrase), &zone, reference));
        });
    }
    criterion.bench_function("an instant said", |bencher| {
        bencher.iter(|| spoken_instant(black_box(reference), &zone, Some(reference)));
    });
}

criterion_group!(benches, spoken);
criterion_main!(benches);
