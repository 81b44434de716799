//! A DATE or DATE-TIME of a recurrence property, and what it means to a series.

use crate::error::quoted;
use crate::rfc5545::{Duration, Moment, Period, PeriodEnd};
use crate::time::{Instant, Offsets, Zone, date_start, local_to_instant};
use crate::{Error, Result};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

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
    pub(super) fn new(moment: Moment, zone: Option<&Zone>) -> Self {
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

    /// The dates that this can name in an all-day series, the likeliest first.
    pub(super) fn dates(&self, calendar_zone: &Zone) -> Vec<NaiveDate> {
        match self {
            Self::Date(date) => vec![*date],
            Self::Local(local, _) => vec![local.date()],
            Self::Utc(instant) => dates_of(*instant, calendar_zone),
        }
    }

    /// The likeliest of [`Value::dates`].
    pub(super) fn date(&self, calendar_zone: &Zone) -> NaiveDate {
        self.dates(calendar_zone).first().copied().unwrap_or_default()
    }
}

/// The local time from which on a midnight in UTC can be that of a zone to the
/// east: Auckland's and Sydney's summer time have it then. An earlier one is the
/// midnight of a zone to the west, of the same date.
const MIDNIGHT_IN_THE_EAST: u32 = 13;

/// The dates that an instant can name in an all-day series whose calendar is in
/// `calendar_zone`, the likeliest first.
///
/// RFC 5545 wants a DATE there, yet some programs write a DATE-TIME. Where it
/// begins or ends a day by the calendar's clock, it is that day. Else the
/// program's own clock decides, which is not known: its date in UTC, in the
/// calendar's zone, or in the zone whose midnight it is are possible, and the
/// latest is taken, because a day too many is better than one too few.
pub(super) fn dates_of(instant: Instant, calendar_zone: &Zone) -> Vec<NaiveDate> {
    let local = calendar_zone.instant_to_local(instant);
    let ends_day = (local.hour(), local.minute(), local.second()) == (23, 59, 59);
    if instant == date_start(calendar_zone, local.date()) || ends_day {
        return vec![local.date()];
    }
    let utc = instant.utc();
    let can_be_midnight = utc.minute().is_multiple_of(15) && utc.second() == 0;
    let east = (can_be_midnight && utc.hour() >= MIDNIGHT_IN_THE_EAST)
        .then(|| utc.date().checked_add_days(Days::new(1)))
        .flatten();
    let mut dates: Vec<_> = [utc.date(), local.date()].into_iter().chain(east).collect();
    dates.sort_unstable_by(|one, other| other.cmp(one));
    dates.dedup();
    dates
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
