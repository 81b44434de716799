//! Reckoning with dates: weeks, months, portions of them, and weekdays.

use super::group::Dates;
use super::words::{Portion, Unit};
use crate::time::YEARS;
use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, Weekday};

/// A month of a year, or of this year and the next.
pub(super) fn months(month: u32, year: Option<i32>, today: NaiveDate) -> Vec<Dates> {
    let years = year.map_or(today.year()..=today.year() + 1, |year| year..=year);
    let span = |year| unit_span(NaiveDate::from_ymd_opt(year, month, 1)?, Unit::Month, 0);
    years.filter_map(span).collect()
}

/// The week, weekend, month or year so many after that of `date`.
pub(super) fn unit_span(date: NaiveDate, unit: Unit, offset: i64) -> Option<Dates> {
    let monday = date.week(Weekday::Mon).checked_first_day()?;
    let (first, length) = match unit {
        Unit::Week => (monday, (7, Unit::Day)),
        Unit::Weekend => (monday + Days::new(5), (2, Unit::Day)),
        Unit::Month => (date.with_day(1)?, (1, Unit::Month)),
        Unit::Year => (date.with_ordinal(1)?, (1, Unit::Year)),
        _ => return None,
    };
    let step = if unit == Unit::Weekend { Unit::Week } else { unit };
    let first = shift(first, offset, step)?;
    Dates::new(first, shift(first, length.0, length.1)?)
}

/// A portion of a span: of a week two to four days, of a month a third, of a
/// year a quarter or, in its middle, a half.
pub(super) fn part_of(
    dates: Dates,
    unit: Unit,
    portion: Portion,
    today: NaiveDate,
) -> Option<Dates> {
    use Portion::{Early, End, Late, Later, Middle, Rest};
    let Dates { first, end, .. } = dates;
    let (from, to) = match (portion, unit) {
        (Later, _) => return Dates::new(first.max(today.succ_opt()?), end),
        (Rest, _) => return Dates::new(first.max(today), end),
        (Early, Unit::Week) => (0, 2),
        (Middle, Unit::Week) => (1, 4),
        (Late | End, Unit::Week) => (3, 7),
        (Early, Unit::Month) => (0, 10),
        (Middle, Unit::Month) => (10, 20),
        (Late | End, Unit::Month) => (20, 31),
        (Early, Unit::Weekend) => (0, 1),
        (Late | End, Unit::Weekend) => (1, 2),
        (Middle, _) => {
            return Dates::new(first + Months::new(3), first + Months::new(9));
        }
        (Early, _) => return Dates::new(first, first + Months::new(3)),
        (Late | End, _) => return Dates::new(first + Months::new(9), end),
    };
    Dates::new(first + Days::new(from), end.min(first + Days::new(to)))
}

/// The date so many units later.
pub(super) fn shift(date: NaiveDate, count: i64, unit: Unit) -> Option<NaiveDate> {
    let months = |count: i64| {
        let months = Months::new(u32::try_from(count.abs()).ok()?);
        if count < 0 { date.checked_sub_months(months) } else { date.checked_add_months(months) }
    };
    let days = |days: i64| date.checked_add_signed(TimeDelta::days(days));
    let shifted = match unit {
        Unit::Day => days(count),
        Unit::Week => days(7 * count),
        Unit::Fortnight => days(14 * count),
        Unit::Month => months(count),
        Unit::Year => months(12 * count),
        Unit::BusinessDay => {
            let step = TimeDelta::days(count.signum());
            let mut date = date;
            for _ in 0..count.abs() {
                date = date.checked_add_signed(step)?;
                while date.weekday().num_days_from_monday() > 4 {
                    date = date.checked_add_signed(step)?;
                }
            }
            Some(date)
        }
        Unit::Minute | Unit::Hour | Unit::Weekend => None,
    };
    shifted.filter(|date| YEARS.contains(&date.year()))
}

/// The last such weekday before `date`.
pub(super) fn before(date: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let back = date.pred_opt()?.weekday().days_since(weekday);
    date.checked_sub_days(Days::new(1 + u64::from(back)))
}

/// A weekday as a set of weekdays, Monday the lowest bit.
pub(super) fn bit(weekday: Weekday) -> u8 {
    1 << weekday.num_days_from_monday()
}
