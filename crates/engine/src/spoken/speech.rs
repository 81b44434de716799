//! Instants and windows, as they are said.

pub use super::zones::spoken_zone;

use crate::Interval;
use crate::availability::Period;
use crate::time::{Instant, Offsets, Zone};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Timelike};

/// A date further ahead than this is said with its year.
const SOON: Days = Days::new(300);

/// An instant as it is said in `zone`: "Tuesday, December 1st at 3:30 PM Eastern".
///
/// The year is said unless the date lies within ten months from `reference`.
/// Seconds are not said. Read by [`parse_when`](super::parse_when) at the same
/// reference, it is the same instant, but for the second of two equal local times.
pub fn spoken_instant(instant: Instant, zone: &Zone, reference: Option<Instant>) -> String {
    let local = zone.instant_to_local(instant);
    format!(
        "{} at {} {}",
        date(local.date(), zone, reference),
        time(local.time()),
        spoken_zone(zone)
    )
}

/// Several instants as a person lists them, in order of time: "Tuesday, December
/// 1st at 9, 10:30 or 2 PM Eastern", "Tuesday, December 1st at 9 AM, or Wednesday,
/// December 2nd at 2 or 3 PM Eastern". Empty where there is none.
///
/// "AM" or "PM" is left out where it goes without saying. Read by
/// [`parse_when`](super::parse_when), they are the same instants.
pub fn spoken_times(instants: &[Instant], zone: &Zone, reference: Option<Instant>) -> String {
    let mut instants = instants.to_vec();
    instants.sort_unstable();
    let locals: Vec<_> = instants.into_iter().map(|at| zone.instant_to_local(at)).collect();
    let days: Vec<_> = locals
        .chunk_by(|a, b| a.date() == b.date())
        .map(|day| {
            let mut times: Vec<_> = day.iter().map(|local| local.time()).collect();
            times.dedup();
            format!("{} at {}", date(day[0].date(), zone, reference), one_of(&times))
        })
        .collect();
    match days.as_slice() {
        [] => String::new(),
        [only] => format!("{only} {}", spoken_zone(zone)),
        [first @ .., last] => format!("{}, or {last} {}", first.join(", "), spoken_zone(zone)),
    }
}

/// Times of one day, in order: "9, 10:30 or 2 PM".
fn one_of(times: &[NaiveTime]) -> String {
    let mut said: Vec<String> = Vec::with_capacity(times.len());
    // From the last to the first: what follows decides whether "AM" or "PM" is said.
    let mut next = None;
    for &at in times.iter().rev() {
        if is_noon(at) {
            said.push(time(at));
            continue;
        }
        let is_clear = next.is_some_and(|next| is_clear_before(at, next));
        said.push(if is_clear { digits(at) } else { time(at) });
        next = Some(at);
    }
    said.reverse();
    match said.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => said.concat(),
    }
}

/// Whether it is clear without "AM" or "PM" which time is meant, where the next
/// that is said with one is `next`: so from 7 in the morning to 7 in the evening,
/// unless 7 is said before 8 PM.
fn is_clear_before(at: NaiveTime, next: NaiveTime) -> bool {
    let is_usual = (7..19).contains(&at.hour());
    let half_a_day = TimeDelta::hours(12);
    is_usual && (at.hour12().0 == next.hour12().0 || next - at < half_a_day)
}

/// A window as it is said in `zone`: "Tuesday afternoon, December 1st",
/// "Tuesday, December 1st after 3 PM Eastern", "between Monday, November 23rd
/// and Sunday, November 29th".
pub fn spoken_window(window: Interval, zone: &Zone, reference: Option<Instant>) -> String {
    let (start, end) = (zone.instant_to_local(window.start), zone.instant_to_local(window.end));
    let day = |at: NaiveDate| date(at, zone, reference);
    let clock = |at: NaiveTime| format!("{} {}", time(at), spoken_zone(zone));
    let midnight = |at: NaiveTime| at == NaiveTime::MIN;
    // A window that ends at midnight ends with the day before.
    let last = match end.date().pred_opt() {
        Some(before) if midnight(end.time()) && start < end => before,
        _ => end.date(),
    };
    let (from, to) = (start.time(), end.time());
    if start.date() < last {
        let bound = |at: NaiveDate, when: NaiveTime| format!("{} at {}", day(at), clock(when));
        let opens = if midnight(from) && midnight(to) {
            day(start.date())
        } else {
            bound(start.date(), from)
        };
        let closes = if midnight(to) { day(last) } else { bound(last, to) };
        return format!("between {opens} and {closes}");
    }
    let today = day(last);
    match (midnight(from), midnight(to)) {
        (true, true) => today,
        (true, false) => format!("{today} before {}", clock(to)),
        (false, true) => format!("{today} after {}", clock(from)),
        (false, false) => match part_of_day(from, to) {
            Some(part) => {
                let (weekday, rest) = today.split_once(',').unwrap_or((&today, ""));
                format!("{weekday} {part},{rest}")
            }
            None => format!("{today} between {} and {}", time(from), clock(to)),
        },
    }
}

fn part_of_day(from: NaiveTime, to: NaiveTime) -> Option<&'static str> {
    let hour = |hour: u32| NaiveTime::from_hms_opt(hour, 0, 0);
    let parts = [
        (Period::Morning, "morning"),
        (Period::Afternoon, "afternoon"),
        (Period::Evening, "evening"),
    ];
    let is = |period: Period| {
        hour(period.hours().start) == Some(from) && hour(period.hours().end) == Some(to)
    };
    parts.into_iter().find(|(period, _)| is(*period)).map(|(_, name)| name)
}

/// "Tuesday, December 1st", and the year unless the date is soon.
fn date(date: NaiveDate, zone: &Zone, reference: Option<Instant>) -> String {
    let suffix = match date.day() {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    let soon = reference.is_some_and(|reference| {
        let today = zone.instant_to_local(reference).date();
        today <= date && today.checked_add_days(SOON).is_none_or(|end| date < end)
    });
    let year = if soon { String::new() } else { format!(" {}", date.year()) };
    format!("{}{suffix}{year}", date.format("%A, %B %-d"))
}

/// "3 PM", "3:30 PM", "noon".
fn time(time: NaiveTime) -> String {
    let half = if time.hour12().0 { "PM" } else { "AM" };
    if is_noon(time) { "noon".to_owned() } else { format!("{} {half}", digits(time)) }
}

/// "3", "3:30".
fn digits(time: NaiveTime) -> String {
    match (time.hour12().1, time.minute()) {
        (hour, 0) => hour.to_string(),
        (hour, minute) => format!("{hour}:{minute:02}"),
    }
}

fn is_noon(time: NaiveTime) -> bool {
    (time.hour(), time.minute()) == (12, 0)
}
