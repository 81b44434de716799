//! DATE, DATE-TIME and UTC-OFFSET (RFC 5545 sections 3.3.4, 3.3.5 and 3.3.14).

use crate::time::{Instant, YEARS, parse_instant};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

/// A DATE or a DATE-TIME as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A DATE.
    Date(NaiveDate),
    /// A local DATE-TIME, with or without a TZID beside it.
    Local(NaiveDateTime),
    /// A DATE-TIME in UTC.
    Utc(NaiveDateTime),
}

impl Moment {
    /// Reads `20261120`, `20261120T093000` or `20261120T093000Z`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((date, time)) = text.split_once(['T', 't']) else {
            return parse_date(text).map(Self::Date);
        };
        let date = parse_date(date)?;
        Some(match time.strip_suffix(['Z', 'z']) {
            Some(time) => Self::Utc(date.and_time(parse_time(time)?)),
            None => Self::Local(date.and_time(parse_time(time)?)),
        })
    }
}

impl Moment {
    /// What a text that is not a DATE or DATE-TIME means: one in the form of ISO 8601,
    /// with a fraction of a second, without seconds, with an offset, or with the hour 24.
    pub(crate) fn guess(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        if let Some(instant) = parse_instant(&text) {
            return Some(Self::Utc(instant.utc()));
        }
        let (date, time) = date_and_time(&text)?;
        if time.is_empty() {
            return parse_date(&date).map(Self::Date);
        }
        let (time, utc) = time.strip_suffix('Z').map_or((time.as_str(), ""), |time| (time, "Z"));
        let time = time.split('.').next()?;
        let seconds = if time.len() == 4 { "00" } else { "" };
        let read = |time: &str| Self::parse(&format!("{date}T{time}{seconds}{utc}"));
        let day_after = |moment: Self| {
            let next = |time: NaiveDateTime| time.checked_add_days(Days::new(1));
            match moment {
                Self::Date(_) => None,
                Self::Local(time) => next(time).map(Self::Local),
                Self::Utc(time) => next(time).map(Self::Utc),
            }
        };
        let midnight = || time.starts_with("2400").then(|| read(&time.replacen("24", "00", 1)));
        read(time).or_else(|| midnight().flatten().and_then(day_after))
    }

    /// The date of a text whose time cannot be understood; of a date that a month
    /// lacks, its last day.
    pub(crate) fn guess_date(text: &str) -> Option<Self> {
        let (date, _) = date_and_time(&text.trim().to_ascii_uppercase())?;
        let last_day = || {
            let number = digits(&date, 8).filter(|number| (29..=31).contains(&(number % 100)))?;
            (1..=3).find_map(|days| parse_date(&format!("{:08}", number - days)))
        };
        parse_date(&date).or_else(last_day).map(Self::Date)
    }
}

/// The two parts of a text, without the separators of ISO 8601.
fn date_and_time(text: &str) -> Option<(String, String)> {
    let (date, time) = text.split_at_checked(text.find(['T', ' ']).unwrap_or(text.len()))?;
    let time = time.replace([':', ' '], "");
    Some((date.replace(['-', '/'], ""), time.trim_start_matches('T').to_owned()))
}

/// The number that exactly `count` digits write.
fn digits(text: &str, count: usize) -> Option<u32> {
    let all_digits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let number = digits(text, 8)?;
    // A calendar in PostgreSQL has no year 0.
    let year = i32::try_from(number / 10_000).ok().filter(|&year| year > 0)?;
    NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100)
}

/// Second 60, a leap second, is read as 59 (section 3.3.12).
fn parse_time(text: &str) -> Option<NaiveTime> {
    let number = digits(text, 6)?;
    let second = number % 100;
    let second = if second == 60 { 59 } else { second };
    NaiveTime::from_hms_opt(number / 10_000, number / 100 % 100, second)
}

/// A UTC offset in seconds east: `+0100`, `-0730` or `+013000`.
pub(crate) fn parse_offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, number) = match text.strip_prefix('-') {
        Some(number) => (-1, number),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = match number.len() {
        4 => digits(number, 4)? * 100,
        _ => digits(number, 6)?,
    };
    let (hours, minutes, seconds) = (number / 10_000, number / 100 % 100, number % 100);
    // No clock on earth is further from UTC; conversions rely on a bound.
    (hours < 24 && minutes < 60 && seconds < 60)
        .then(|| sign * i32::try_from(hours * 3600 + minutes * 60 + seconds).unwrap_or(0))
}

/// A DATE.
pub(crate) fn format_date(date: NaiveDate) -> String {
    shown_in_four_digits(date.and_time(NaiveTime::MIN)).format("%Y%m%d").to_string()
}

/// A local DATE-TIME.
pub(crate) fn format_local(local: NaiveDateTime) -> String {
    shown_in_four_digits(local).format("%Y%m%dT%H%M%S").to_string()
}

/// A DATE-TIME in UTC.
pub(crate) fn format_utc(instant: Instant) -> String {
    format!("{}Z", format_local(instant.utc()))
}

/// A UTC offset.
pub(crate) fn format_offset(seconds: i32) -> String {
    let (sign, east) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let (hours, minutes, seconds) = (east / 3600, east / 60 % 60, east % 60);
    if seconds == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{seconds:02}")
    }
}

/// A weekday as in BYDAY (section 3.3.10).
pub(crate) const fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

/// The nearest time with a year of four digits.
fn shown_in_four_digits(time: NaiveDateTime) -> NaiveDateTime {
    let limit = |year, month, day, time| {
        NaiveDate::from_ymd_opt(year, month, day).map(|d| d.and_time(time))
    };
    if time.year() < *YEARS.start() {
        limit(*YEARS.start(), 1, 1, NaiveTime::MIN).unwrap_or(time)
    } else if time.year() > *YEARS.end() {
        let last_second = NaiveTime::MIN - TimeDelta::seconds(1);
        limit(*YEARS.end(), 12, 31, last_second).unwrap_or(time)
    } else {
        time
    }
}

/// Whether four digits can write the year.
pub(crate) fn is_in_range(time: NaiveDateTime) -> bool {
    YEARS.contains(&time.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let time = date.and_hms_opt(23, 59, 59).unwrap();
        assert_eq!(Moment::parse(" 20261120 "), Some(Moment::Date(date)));
        assert_eq!(Moment::parse("20261120t235960"), Some(Moment::Local(time)));
        assert_eq!(Moment::parse("20261120T235959Z"), Some(Moment::Utc(time)));
        for wrong in [
            "",
            "T",
            "99999",
            "999990101",
            "00000101",
            "20260231",
            "20261120T",
            "20261120T9",
            "20261120T93000",
            "20261120T250000",
            "20261120T1O0000",
            "2026-11-20",
            "+2261120",
            "２０２６１１２０",
        ] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn guesses() {
        for (text, meant) in [
            ("2026-03-30", "20260330"),
            ("20260330T", "20260330"),
            ("20260330T0900", "20260330T090000"),
            ("20260330T0900Z", "20260330T090000Z"),
            ("2026-03-30T09:00:00", "20260330T090000"),
            ("2026-03-30T09:00:00.000Z", "20260330T090000Z"),
            ("2026-03-30T09:00:00+02:00", "20260330T070000Z"),
            ("2026-03-30 09:00", "20260330T090000"),
            ("20260330T090000.5Z", "20260330T090000Z"),
            ("20260331T240000Z", "20260401T000000Z"),
            ("2026-03-31T24:00", "20260401T000000"),
        ] {
            let meant = Moment::parse(meant);
            assert!(meant.is_some() && Moment::guess(text) == meant, "{text}");
        }
        for text in ["", "never", "20261301", "2026", "T090000Z", "20260330T250000Z", "20260230"] {
            assert_eq!(Moment::guess(text), None, "{text}");
        }
        for (text, date) in [
            ("20260330T250000Z", "20260330"),
            ("20260230", "20260228"),
            ("2026-04-31T12:00:00Z", "20260430"),
        ] {
            assert_eq!(Moment::guess_date(text), Moment::parse(date), "{text}");
        }
        assert_eq!(Moment::guess_date("soon"), None);
    }

    #[test]
    fn offsets() {
        for (text, seconds) in [("+0100", 3600), ("-0730", -27_000), ("+001730", 1050)] {
            assert_eq!(parse_offset(text), Some(seconds));
            assert_eq!(format_offset(seconds), text);
        }
        for wrong in ["", "+", "+1", "+2400", "+0160", "+-100", "0100Z"] {
            assert_eq!(parse_offset(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn years_of_five_digits_are_never_written() {
        assert_eq!(format_utc(Instant::MAX), "99991231T235959Z");
        assert_eq!(format_utc(Instant::MIN), "00010101T000000Z");
        assert_eq!(format_date(NaiveDate::MAX), "99991231");
    }
}
