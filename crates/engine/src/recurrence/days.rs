//! Days of months, years and weeks, counted from either end.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

/// A place in a period counted from one, and counted from its end from minus one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    from_start: i32,
    from_end: i32,
}

impl Place {
    fn new(zero_based: i32, length: i32) -> Self {
        Self { from_start: zero_based + 1, from_end: zero_based - length }
    }

    pub(super) fn is(self, n: i32) -> bool {
        n == self.from_start || n == self.from_end
    }
}

pub(super) fn in_month(date: NaiveDate) -> Place {
    Place::new(date.day0().cast_signed(), month_length(date))
}

pub(super) fn in_year(date: NaiveDate) -> Place {
    Place::new(date.ordinal0().cast_signed(), year_length(date))
}

/// Which of its weekday the date is in its month.
pub(super) fn weekday_in_month(date: NaiveDate) -> Place {
    let day = date.day0().cast_signed();
    let later = (month_length(date) - 1 - day) / 7;
    Place { from_start: day / 7 + 1, from_end: -later - 1 }
}

/// Which of its weekday the date is in its year.
pub(super) fn weekday_in_year(date: NaiveDate) -> Place {
    let day = date.ordinal0().cast_signed();
    let later = (year_length(date) - 1 - day) / 7;
    Place { from_start: day / 7 + 1, from_end: -later - 1 }
}

fn month_length(date: NaiveDate) -> i32 {
    i32::from(date.num_days_in_month())
}

fn year_length(date: NaiveDate) -> i32 {
    if date.leap_year() { 366 } else { 365 }
}

/// The first day of the week of `date`. Callers keep to years 0 to 9999, far
/// from the ends of [`NaiveDate`].
pub(super) fn week_start(date: NaiveDate, first: Weekday) -> NaiveDate {
    date - TimeDelta::days(i64::from(date.weekday().days_since(first)))
}

/// The year to which the week of `date` belongs: that of its fourth day, as
/// week 1 is the first with at least four days in the year (RFC 5545 section
/// 3.3.10, as in ISO 8601 but with any first day).
pub(super) fn week_year(date: NaiveDate, first: Weekday) -> i32 {
    (week_start(date, first) + TimeDelta::days(3)).year()
}

/// The place of the week of `date` in its [`week_year`].
pub(super) fn week_in_year(date: NaiveDate, first: Weekday) -> Place {
    let fourth_day = week_start(date, first) + TimeDelta::days(3);
    let before = fourth_day.ordinal0().cast_signed() / 7;
    let later = (year_length(fourth_day) - 1 - fourth_day.ordinal0().cast_signed()) / 7;
    Place { from_start: before + 1, from_end: -later - 1 }
}

/// The first day of week 1 of a year.
pub(super) fn first_week(year: i32, first: Weekday) -> Option<NaiveDate> {
    Some(week_start(NaiveDate::from_ymd_opt(year, 1, 4)?, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_agree_with_iso_8601_where_they_start_on_monday() {
        let mut day = date("1999-12-20");
        while day < date("2012-01-20") {
            let iso = day.iso_week();
            assert_eq!(week_year(day, Weekday::Mon), iso.year(), "{day}");
            let place = week_in_year(day, Weekday::Mon);
            assert!(place.is(iso.week().cast_signed()), "{day} {place:?}");
            let last = NaiveDate::from_ymd_opt(iso.year(), 12, 28).unwrap().iso_week().week();
            assert!(place.is(iso.week().cast_signed() - last.cast_signed() - 1), "{day} {place:?}");
            day += TimeDelta::days(1);
        }
    }

    #[test]
    fn places_count_from_both_ends() {
        assert_eq!(in_month(date("2024-02-28")), Place { from_start: 28, from_end: -2 });
        assert_eq!(in_year(date("2023-01-01")), Place { from_start: 1, from_end: -365 });
        assert_eq!(weekday_in_month(date("1997-09-29")), Place { from_start: 5, from_end: -1 });
        assert_eq!(weekday_in_month(date("1997-09-22")), Place { from_start: 4, from_end: -2 });
        assert_eq!(weekday_in_year(date("1997-05-19")), Place { from_start: 20, from_end: -33 });
    }
}
