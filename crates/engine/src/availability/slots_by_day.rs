//! Slots by local date.

use crate::Interval;
use crate::time::{Offsets, date_start};
use chrono::{Days, NaiveDate};

/// How many slots start on each local date of a zone, from `first` on for as many dates as
/// `dates`. The slots must be in order.
///
/// ```
/// # use calendar_engine::{Interval, availability::slots_by_day, time::{Zone, parse_instant}};
/// # let at = |text| parse_instant(text).unwrap();
/// let zone = Zone::iana("Pacific/Auckland").unwrap();
/// let slots = ["2026-12-01T10:30:00Z", "2026-12-01T11:00:00Z"]
///     .map(|start| Interval::new(at(start), at(start).plus_minutes(30)));
/// // Midnight in Auckland is at 11:00 UTC.
/// let days = slots_by_day(&slots, &zone, "2026-12-01".parse().unwrap(), 2);
/// assert_eq!(days.map(|(_, slots)| slots).collect::<Vec<_>>(), [1, 1]);
/// ```
pub fn slots_by_day<'a>(
    slots: &'a [Interval],
    zone: &'a impl Offsets,
    first: NaiveDate,
    dates: u64,
) -> impl Iterator<Item = (NaiveDate, usize)> + 'a {
    let before = |date| {
        let start = date_start(zone, date);
        slots.partition_point(|slot| slot.start < start)
    };
    (0..dates).map(move |k| {
        let date = first + Days::new(k);
        (date, before(date + Days::new(1)) - before(date))
    })
}
