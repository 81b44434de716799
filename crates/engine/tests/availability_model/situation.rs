//! Brokers, facts and questions by chance.

use calendar_engine::Interval;
use calendar_engine::availability::{
    Booking, Broker, Facts, Override, OverrideKind, Period, Preference, Weekdays, WorkingHours,
};
use calendar_engine::time::{Instant, Zone};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use proptest::prelude::*;
use proptest::sample::select;

/// A broker's facts and a question about them.
#[derive(Debug, Clone)]
pub(crate) struct Situation {
    pub(crate) facts: Facts,
    pub(crate) window: Interval,
    pub(crate) duration_minutes: i64,
    pub(crate) increment_minutes: Option<i64>,
    pub(crate) preference: Preference,
    pub(crate) max_slots: usize,
}

/// Zones, and dates on which something happens to their clocks.
const PLACES: &[(&str, &str)] = &[
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Europe/London", "2026-03-29"),
    ("Europe/London", "2026-10-25"),
    // Half an hour.
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    // 2011-12-30 does not exist.
    ("Pacific/Apia", "2011-12-30"),
    // A quarter of an hour at midnight.
    ("Asia/Kathmandu", "1986-01-01"),
    ("Asia/Kathmandu", "2026-05-01"),
    // Midnight is missing, and the hour before it is repeated.
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-17"),
    ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-29"),
    ("Asia/Beirut", "2026-03-29"),
    // Midnight is repeated.
    ("America/Havana", "2026-11-01"),
    // The hour before midnight is missing.
    ("America/Scoresbysund", "2026-03-28"),
    // Winter time, for Ramadan, is an hour less than the standard time.
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    // Two hours.
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
];

const DAY: i64 = 24 * 60;

pub(crate) fn situation() -> impl Strategy<Value = Situation> {
    (select(PLACES), any::<bool>()).prop_flat_map(|((zone, date), is_busy)| {
        let date: NaiveDate = date.parse().unwrap();
        let facts = facts(Zone::iana(zone).unwrap(), date, if is_busy { 12 } else { 2 });
        let window = (moment(date, 36), 0..=60 * 60_i64)
            .prop_map(|(start, minutes)| Interval::new(start, start.plus_minutes(minutes)));
        (facts, window, slot(), preference(zone), max_slots()).prop_map(
            |(mut facts, window, (duration, finest, coarser), preference, max_slots)| {
                facts.broker.slot_increment_minutes = finest;
                Situation {
                    facts,
                    window,
                    duration_minutes: duration,
                    increment_minutes: coarser.map(|times| times * finest.unwrap_or(duration)),
                    preference,
                    max_slots,
                }
            },
        )
    })
}

/// Duration, the broker's increment, and how much the caller coarsens it.
fn slot() -> impl Strategy<Value = (i64, Option<i64>, Option<i64>)> {
    let duration = prop_oneof![
        8 => select(vec![15, 20, 30, 45, 60]),
        2 => 1..=300_i64,
        1 => Just(DAY),
    ];
    let increment = prop::option::of(select(vec![5, 7, 10, 15, 25, 30, 60, 90]));
    (duration, increment, prop::option::weighted(0.3, 1..=4_i64))
}

fn facts(zone: Zone, date: NaiveDate, most: usize) -> impl Strategy<Value = Facts> {
    (
        broker(zone),
        prop_oneof![1 => Just(vec![]), 6 => prop::collection::vec(hours(date), 1..20)],
        prop::collection::vec(override_(date), 0..4),
        prop::collection::vec(event(date), 0..most),
        prop::collection::vec(booking(date), 0..most.min(6)),
        prop_oneof![1 => moment(date, 30), 2 => moment(date, 0)],
        prop_oneof![4 => Just(3 * DAY), 1 => Just(0)],
        prop_oneof![4 => Just(vec![]), 1 => prop::collection::vec(moment(date, 60), 1..3)],
    )
        .prop_map(|(broker, hours, overrides, events, bookings, now, ago, covered)| Facts {
            broker,
            hours,
            overrides,
            events,
            bookings,
            now: now.plus_minutes(-ago),
            covered,
        })
}

fn broker(zone: Zone) -> impl Strategy<Value = Broker> {
    let buffer = || prop_oneof![2 => Just(0), 1 => 1..=90_i64];
    (
        buffer(),
        buffer(),
        prop_oneof![4 => Just(0), 1 => 1..=2 * DAY],
        prop_oneof![6 => Just(60), 1 => 0..=5_i64],
        prop::option::weighted(0.2, 0..=3_i64),
        prop::option::weighted(0.2, 0..=2_i64),
        prop::bool::weighted(0.97),
    )
        .prop_map(move |(before, after, notice, horizon, most, of_type, booking_enabled)| {
            Broker {
                zone: zone.clone(),
                slot_duration_minutes: 30,
                slot_increment_minutes: None,
                buffer_before_minutes: before,
                buffer_after_minutes: after,
                minimum_notice_minutes: notice,
                booking_horizon_days: horizon,
                max_bookings_per_day: most,
                max_bookings_of_type_per_day: of_type,
                durations: vec![],
                booking_enabled,
            }
        })
}

fn hours(date: NaiveDate) -> impl Strategy<Value = WorkingHours> {
    // Midnights, and times that clocks skip or repeat, more often than by chance.
    let time = prop_oneof![
        2 => select(vec![0, 60, 90, 120, 135, 150, 180, 22 * 60, 23 * 60, 23 * 60 + 30, DAY]),
        2 => (0..=96_i64).prop_map(|quarter| quarter * 15),
        1 => 0..=DAY,
    ];
    let near = |chance| {
        prop::option::weighted(
            chance,
            (-3..=3_i64).prop_map(move |days| date + TimeDelta::days(days)),
        )
    };
    (1..=7_u32, time.clone(), time, near(0.15), near(0.15), prop::bool::weighted(0.9))
        .prop_filter("hours have a length", |(_, start, end, ..)| start != end)
        .prop_map(|(weekday, start, end, valid_from, valid_until, is_active)| WorkingHours {
            weekday,
            start: start.min(end) * 60_000_000,
            end: start.max(end) * 60_000_000,
            valid_from,
            valid_until,
            is_active,
        })
}

fn override_(date: NaiveDate) -> impl Strategy<Value = Override> {
    let kind = select(vec![OverrideKind::Block, OverrideKind::Open, OverrideKind::Replace]);
    let minutes = prop_oneof![6 => (0..=40_i64).prop_map(|q| q * 15), 2 => 0..=40 * 60_i64];
    let quarter = || (-160..=240_i64).prop_map(|quarter| quarter * 15);
    let start = prop_oneof![2 => quarter(), 1 => -40 * 60..=60 * 60_i64];
    (kind, start, minutes).prop_map(move |(kind, start, minutes)| {
        let start = midnight(date).plus_minutes(start);
        Override { kind, interval: Interval::new(start, start.plus_minutes(minutes)) }
    })
}

fn event(date: NaiveDate) -> impl Strategy<Value = Interval> {
    let seconds = prop_oneof![
        6 => (0..=16_i64).prop_map(|quarter| quarter * 15 * 60),
        2 => 0..=4 * 3600_i64,
        1 => Just(24 * 3600),
        1 => Just(0),
    ];
    (moment(date, 40), seconds)
        .prop_map(|(start, seconds)| Interval::new(start, Instant(start.0 + seconds * 1_000_000)))
}

fn booking(date: NaiveDate) -> impl Strategy<Value = Booking> {
    let buffer = || prop_oneof![10 => Just(0), 8 => 0..=90_i64, 1 => 0..=DAY];
    let is = prop::bool::weighted;
    (moment(date, 48), 1..=240_i64, buffer(), buffer(), is(0.8), is(0.5)).prop_map(
        |(start, minutes, buffer_before_minutes, buffer_after_minutes, blocks, is_of_type)| {
            Booking {
                interval: Interval::new(start, start.plus_minutes(minutes)),
                buffer_before_minutes,
                buffer_after_minutes,
                blocks,
                is_of_type,
            }
        },
    )
}

fn preference(broker_zone: &'static str) -> impl Strategy<Value = Preference> {
    let days = prop::collection::vec(1..=7, 0..5).prop_map(|days| {
        let mut weekdays = Weekdays::default();
        assert!(days.into_iter().all(|day| weekdays.insert(day)));
        weekdays
    });
    let period = select(vec![Period::Morning, Period::Afternoon, Period::Evening]);
    let zone = prop_oneof![
        Just(broker_zone),
        select(PLACES).prop_map(|(zone, _)| zone),
        Just("Asia/Kolkata")
    ];
    (prop::option::weighted(0.15, days), prop::option::weighted(0.15, period), zone).prop_map(
        |(days, period, zone)| Preference { days, period, zone: Zone::iana(zone).unwrap() },
    )
}

fn max_slots() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(usize::MAX), 1 => 0..10_usize]
}

/// An instant within some hours of a date: on a quarter of an hour, a minute, or
/// a second.
fn moment(date: NaiveDate, hours: i64) -> impl Strategy<Value = Instant> {
    let seconds = prop_oneof![
        4 => (-4 * hours..=4 * hours + 96).prop_map(|quarter| quarter * 15 * 60),
        2 => (-60 * hours..=60 * hours + DAY).prop_map(|minute| minute * 60),
        1 => -3600 * hours..=3600 * hours + 60 * DAY,
    ];
    seconds.prop_map(move |seconds| Instant(midnight(date).0 + seconds * 1_000_000))
}

fn midnight(date: NaiveDate) -> Instant {
    Instant::from_utc(date.and_time(NaiveTime::MIN))
}
