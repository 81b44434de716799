//! The times of a history: few, so that events and bookings meet.

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

/// From when to when.
pub(crate) type Span = (DateTime<Utc>, DateTime<Utc>);

/// Days that have slots: Monday to Thursday.
const DAYS: i64 = 4;

/// Full hours of a day: from 10:00 to 15:00 in New York.
const HOURS: i64 = 6;

/// The first of these times, two weeks after the beginning.
fn first() -> DateTime<Utc> {
    "2026-03-16T14:00:00Z".parse().unwrap()
}

/// Half an hour.
pub(crate) fn half_hour(start: DateTime<Utc>) -> Span {
    (start, start + TimeDelta::minutes(30))
}

/// One of the times.
pub(crate) fn any(rng: &mut Rng) -> Span {
    half_hour(first() + TimeDelta::days(rng.i64(0..DAYS)) + TimeDelta::hours(rng.i64(0..HOURS)))
}

/// The same time, so many days later.
pub(crate) fn days_later((start, end): Span, days: u32) -> Span {
    (start + TimeDelta::days(days.into()), end + TimeDelta::days(days.into()))
}

/// All of one of the days, from midnight to midnight in New York.
pub(crate) fn any_day(rng: &mut Rng) -> Span {
    let begin = days().0 + TimeDelta::days(rng.i64(0..DAYS));
    (begin, begin + TimeDelta::days(1))
}

/// Whether it is no time of a booking, but whole days.
pub(crate) fn is_all_day((begin, end): Span) -> bool {
    end - begin >= TimeDelta::days(1)
}

/// The dates of whole days, as events have them that take these: the second one is not in it.
pub(crate) fn dates((begin, end): Span) -> [String; 2] {
    let date = |at: DateTime<Utc>| (at - TimeDelta::hours(4)).date_naive().to_string();
    [date(begin), date(end)]
}

/// From midnight in New York of one of these days on.
pub(crate) fn midnight(date: &str) -> DateTime<Utc> {
    format!("{date}T04:00:00Z").parse().unwrap()
}

/// The days on which all of it takes place, from midnight in New York.
pub(crate) fn days() -> Span {
    let begin = first() - TimeDelta::hours(10);
    (begin, begin + TimeDelta::days(DAYS))
}

/// Every slot of these days: 09:00 to 17:00 in New York, in steps of half an hour.
pub(crate) fn slots() -> impl Iterator<Item = Span> {
    (0..DAYS).flat_map(|day| {
        let opens = first() + TimeDelta::days(day) - TimeDelta::hours(1);
        (0..16).map(move |slot| half_hour(opens + TimeDelta::minutes(30 * slot)))
    })
}

/// Whether two spans have a moment in common.
pub(crate) fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}
