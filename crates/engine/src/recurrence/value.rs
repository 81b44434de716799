//! A DATE or DATE-TIME of a recurrence property, and what it means to a series.

use crate::error::quoted;
use crate::rfc5545::{Duration, Moment, Period, PeriodEnd};
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use crate::{Error, Result};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A DATE or a DATE-TIME.
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
    /// A moment, whose local time is in `zone` or else in the series' zone.
    fn new(moment: Moment, zone: Option<&Zone>) -> Self {
        match moment {
            Moment::Date(date) => Self::Date(date),
            Moment::Local(local) => Self::Local(local, zone.cloned()),
            Moment::Utc(utc) => Self::Utc(Instant::from_utc(utc)),
        }
    }

    /// Reads `19970714`, `19970714T123000` or `19970714T123000Z`; `zone` is that
    /// of the TZID parameter.
    pub(super) fn parse(text: &str, zone: Option<&Zone>) -> Result<Self> {
        let moment = Moment::parse(text).ok_or_else(|| {
            Error::invalid(format!(
                "{} is not a valid date or date-time: give YYYYMMDD, YYYYMMDDTHHMMSS or \
                 YYYYMMDDTHHMMSSZ",
                quoted(text)
            ))
        })?;
        Ok(Self::new(moment, zone))
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

/// A PERIOD of an RDATE.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) start: Value,
    pub(super) end: End,
}

/// Where a PERIOD ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    At(Value),
    After(Duration),
}

impl Span {
    /// Reads a PERIOD; `zone` is that of the TZID parameter.
    pub(super) fn parse(text: &str, zone: Option<&Zone>) -> Result<Self> {
        let period = Period::parse(text).ok_or_else(|| {
            Error::invalid(format!(
                "{} is not a valid period: give a date-time, a slash, and a later date-time or a \
                 duration",
                quoted(text)
            ))
        })?;
        let end = match period.end {
            PeriodEnd::At(moment) => End::At(Value::new(moment, zone)),
            PeriodEnd::After(duration) => End::After(duration),
        };
        Ok(Self { start: Value::new(period.start, zone), end })
    }
}

impl End {
    /// The end of a period that starts at `start`, by `zone`'s clocks.
    pub(super) fn instant(&self, start: Instant, zone: &Zone) -> Instant {
        match self {
            Self::At(Value::Date(date)) => local_to_instant(zone, date.and_time(NaiveTime::MIN)),
            Self::At(Value::Local(local, own)) => {
                local_to_instant(own.as_ref().unwrap_or(zone), *local)
            }
            Self::At(Value::Utc(instant)) => *instant,
            Self::After(duration) => duration.after(start, zone),
        }
    }
}

/// A civil time moved by civil time, or the nearest that the calendar can show.
pub(super) fn moved(civil: NaiveDateTime, by: TimeDelta) -> NaiveDateTime {
    let limit = if by < TimeDelta::zero() { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
    civil.checked_add_signed(by).unwrap_or(limit)
}
