//! The values that recurrence properties hold: DATE, DATE-TIME and PERIOD
//! (RFC 5545 sections 3.3.4, 3.3.5, 3.3.6 and 3.3.9).

use super::shown;
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use crate::{Error, Result};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A DATE or a DATE-TIME in one of its three forms.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A DATE.
    Date(NaiveDate),
    /// A local DATE-TIME, in the zone of its TZID or else in the series' zone.
    Local(NaiveDateTime, Option<Zone>),
    /// A DATE-TIME in UTC.
    Utc(Instant),
}

impl Value {
    /// Reads `19970714`, `19970714T123000` or `19970714T123000Z`; `zone` is that
    /// of the TZID parameter.
    pub(super) fn parse(text: &str, zone: Option<&Zone>) -> Result<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let wrong = || {
            Error::invalid(format!(
                "not a date or date-time: {}: give YYYYMMDD, YYYYMMDDTHHMMSS or YYYYMMDDTHHMMSSZ",
                shown(text)
            ))
        };
        let Some((date, time)) = upper.split_once('T') else {
            return parse_date(&upper).map(Self::Date).ok_or_else(wrong);
        };
        let (time, utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
        let date = parse_date(date).ok_or_else(wrong)?;
        let local = date.and_time(parse_time(time).ok_or_else(wrong)?);
        Ok(if utc {
            Self::Utc(Instant::from_utc(local))
        } else {
            Self::Local(local, zone.cloned())
        })
    }

    /// The date that this names in an all-day series whose calendar is in
    /// `calendar_zone`.
    ///
    /// RFC 5545 wants a DATE there, yet some programs write a DATE-TIME. Its
    /// date is meant, which for UTC is that of the calendar's zone; midnight UTC
    /// exactly is a bare date dressed as a DATE-TIME, and is taken as written.
    pub(super) fn date(&self, calendar_zone: &Zone) -> NaiveDate {
        match self {
            Self::Date(date) => *date,
            Self::Local(local, _) => local.date(),
            Self::Utc(instant) => {
                let utc = instant.utc();
                if utc.time() == NaiveTime::MIN {
                    utc.date()
                } else {
                    calendar_zone.instant_to_local(*instant).date()
                }
            }
        }
    }
}

/// A PERIOD: where it starts, and its explicit end or its duration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Period {
    pub(super) start: Value,
    pub(super) end: PeriodEnd,
}

/// How a PERIOD says where it ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PeriodEnd {
    /// `start/end`.
    At(Value),
    /// `start/duration`: nominal days, then exact time (RFC 5545 section 3.3.6).
    After { days: TimeDelta, exact: TimeDelta },
}

impl Period {
    /// Reads `19970101T180000Z/19970102T070000Z` or `19970101T180000Z/PT5H30M`.
    pub(super) fn parse(text: &str, zone: Option<&Zone>) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!(
                "not a period: {}: give a date-time, a slash, and a later date-time or a duration",
                shown(text)
            ))
        };
        let (start, end) = text.split_once('/').ok_or_else(wrong)?;
        let end = end.trim().to_ascii_uppercase();
        let end = if end.starts_with(['P', '+', '-']) {
            let (days, exact) = parse_duration(&end).ok_or_else(wrong)?;
            PeriodEnd::After { days, exact }
        } else {
            PeriodEnd::At(Value::parse(&end, zone)?)
        };
        Ok(Self { start: Value::parse(start, zone)?, end })
    }
}

impl PeriodEnd {
    /// The end of a period that starts at `start`, by `zone`'s clocks.
    pub(super) fn instant(&self, start: Instant, zone: &Zone) -> Instant {
        match self {
            Self::At(Value::Date(date)) => local_to_instant(zone, date.and_time(NaiveTime::MIN)),
            Self::At(Value::Local(local, own)) => {
                local_to_instant(own.as_ref().unwrap_or(zone), *local)
            }
            Self::At(Value::Utc(instant)) => *instant,
            Self::After { days, exact } if days.is_zero() => start + *exact,
            Self::After { days, exact } => {
                local_to_instant(zone, moved(zone.instant_to_local(start), *days)) + *exact
            }
        }
    }
}

/// A civil time moved by civil time, or the nearest that the calendar can show.
pub(super) fn moved(civil: NaiveDateTime, by: TimeDelta) -> NaiveDateTime {
    let limit = if by < TimeDelta::zero() { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
    civil.checked_add_signed(by).unwrap_or(limit)
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    NaiveDate::from_ymd_opt(
        text[..4].parse().ok()?,
        text[4..6].parse().ok()?,
        text[6..].parse().ok()?,
    )
}

/// Second 60, a leap second, is read as 59 (RFC 5545 section 3.3.12).
fn parse_time(text: &str) -> Option<NaiveTime> {
    if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let second: u32 = text[4..].parse().ok()?;
    let second = if second == 60 { 59 } else { second };
    NaiveTime::from_hms_opt(text[..2].parse().ok()?, text[2..4].parse().ok()?, second)
}

/// A duration (RFC 5545 section 3.3.6) as nominal days and exact time.
fn parse_duration(text: &str) -> Option<(TimeDelta, TimeDelta)> {
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (mut days, mut seconds) = (0_i64, 0_i64);
    let mut number = String::new();
    let mut in_time = false;
    let mut any = false;
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        if c == 'T' && number.is_empty() && !in_time {
            in_time = true;
            continue;
        }
        // Ten digits are over three hundred years of seconds: no sum overflows.
        let n: i64 = if number.len() <= 10 { number.parse().ok()? } else { return None };
        number.clear();
        any = true;
        match (c, in_time) {
            ('W', false) => days += n * 7,
            ('D', false) => days += n,
            ('H', true) => seconds += n * 3600,
            ('M', true) => seconds += n * 60,
            ('S', true) => seconds += n,
            _ => return None,
        }
        if days > 4_000_000 || seconds > 400_000_000_000 {
            return None;
        }
    }
    (any && number.is_empty()).then(|| (TimeDelta::days(days), TimeDelta::seconds(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_section_3_3_6() {
        let exact = |seconds| Some((TimeDelta::zero(), TimeDelta::seconds(seconds)));
        assert_eq!(
            parse_duration("P15DT5H0M20S"),
            Some((TimeDelta::days(15), TimeDelta::seconds(5 * 3600 + 20)))
        );
        assert_eq!(parse_duration("P7W"), Some((TimeDelta::days(49), TimeDelta::zero())));
        assert_eq!(parse_duration("+PT90M"), exact(5400));
        for wrong in ["P", "PT", "5H", "PT5", "P5H", "PT99999999999S", "-PT5M", "P1DT1D"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_leap_second_is_read_as_the_second_before() {
        assert_eq!(parse_time("235960"), NaiveTime::from_hms_opt(23, 59, 59));
        assert_eq!(parse_time("235961"), None);
    }
}
