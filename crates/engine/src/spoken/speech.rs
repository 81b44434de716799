//! Instants and windows, as they are said.

pub use super::zones::spoken_zone;

use crate::Interval;
use crate::availability::Period;
use crate::time::{Instant, Offsets, Zone};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Timelike};

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
        let bound = |at: NaiveDate, when: NaiveTime| {
            if midnight(when) { day(at) } else { format!("{} at {}", day(at), clock(when)) }
        };
        return format!("between {} and {}", bound(start.date(), from), bound(last, to));
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
    let (afternoon, hour) = time.hour12();
    match (hour, time.minute(), afternoon) {
        (12, 0, true) => "noon".to_owned(),
        (hour, 0, _) => format!("{hour} {}", half(afternoon)),
        (hour, minute, _) => format!("{hour}:{minute:02} {}", half(afternoon)),
    }
}

const fn half(afternoon: bool) -> &'static str {
    if afternoon { "PM" } else { "AM" }
}
