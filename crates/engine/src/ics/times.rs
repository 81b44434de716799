//! When one VEVENT takes place: DTSTART, DTEND and DURATION (RFC 5545 section
//! 3.6.1).

use super::calendar_zones::{Place, Time, Zones};
use super::lines::{ALL_DAY, Vevent};
use super::wrong;
use crate::error::quoted;
use crate::event::Span;
use crate::rfc5545::{Duration, Line, Moment, format_date, format_utc, is_in_range};
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use crate::{Error, Interval, Result};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

/// When a VEVENT takes place.
pub(super) struct Times {
    pub(super) span: Span,
    /// Where its local times are; `None` where it has dates.
    pub(super) place: Option<Place>,
    /// Its DURATION, where that is in days and it has times.
    pub(super) duration: Option<Duration>,
    /// How far its start was moved, in local time, because its end was before it.
    pub(super) moved_by: TimeDelta,
}

/// How long an event lasts whose end cannot be understood: as long as calendar
/// programs make a new one.
const OTHERWISE: TimeDelta = TimeDelta::hours(1);

impl Times {
    /// Reads DTSTART to DTEND or DTSTART plus DURATION; without both, a date lasts
    /// one day and a date-time no time. What is wrong about the end is one of
    /// `repairs`. A cancellation need not say when the event was to take place
    /// (RFC 5546 section 3.2.5).
    pub(super) fn of(
        event: &Vevent<'_>,
        is_cancelled: bool,
        zones: &mut Zones<'_, '_>,
        repairs: &mut Vec<String>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Self> {
        let otherwise = ["RECURRENCE-ID", "DTSTAMP"].iter().filter(|_| is_cancelled);
        let mut lines = std::iter::once(&"DTSTART").chain(otherwise);
        let line = lines
            .find_map(|name| event.first(name))
            .ok_or_else(|| Error::invalid("DTSTART is missing"))?;
        // DTEND has DTSTART's form (section 3.8.2.2): a zone beside one is both's.
        let beside = match event.first("DTEND").filter(|end| end.tzid().is_some()) {
            Some(end) if line.tzid().is_none() => Some(zones.place(end, None, tick)?),
            _ => None,
        };
        let start = time(line, beside.as_ref(), zones, tick)?;
        if Moment::parse(line.value()).is_none() {
            repairs.push(not_of_the_form(line));
        }
        let calendar_zone = zones.floating().zone;
        let (mut end, mut duration) = (None, None);
        let mut is_unclear = false;
        if let Some(line) = event.first("DTEND") {
            match time(line, start.place(), zones, tick) {
                Ok(time) => {
                    if Moment::parse(line.value()).is_none() {
                        repairs.push(not_of_the_form(line));
                    }
                    end = Some(end_at(&start, &time, &calendar_zone));
                }
                Err(error) if error.is_interrupted() => return Err(error),
                Err(error) => {
                    repairs.push(error.to_string());
                    is_unclear = true;
                }
            }
        }
        if let Some(line) = event.first("DURATION").filter(|_| end.is_none()) {
            let guess = || Duration::parse(&format!("P{}", line.value()));
            let written = Duration::parse(line.value());
            let read = written.or_else(guess);
            end = read.and_then(|duration| start.plus(duration));
            duration = read.filter(|own| own.is_nominal() && end.is_some());
            if written.is_none() || end.is_none() {
                repairs
                    .push(wrong("DURATION", line.value(), "one such as PT30M or P1D").to_string());
                is_unclear = true;
            }
        }
        let end = match end {
            Some(end) => end,
            None => start
                .plus_default(is_unclear)
                .ok_or_else(|| wrong(line.name(), line.value(), "an earlier date"))?,
        };
        let mut times = match (&start, end) {
            (Time::Date(first), End::Date(end)) => dates(*first, end, repairs)
                .ok_or_else(|| wrong(line.name(), line.value(), "an earlier date"))?,
            (Time::At { place, .. }, End::At(end)) => self::times(&start, end, place, repairs)?,
            // `end_at` and the others give an end of the start's form.
            _ => return Err(wrong(line.name(), line.value(), "a start like the end")),
        };
        times.duration = duration.filter(|_| !times.span.is_all_day() && times.moved_by.is_zero());
        if event.is(ALL_DAY, &["TRUE"])
            && let Some(dates) = whole_dates(&times, &calendar_zone)
        {
            return Ok(Self { span: dates, place: None, duration: None, ..times });
        }
        Ok(times)
    }
}

/// What a date or date-time means; local times without a TZID are `beside` those
/// of another property.
pub(super) fn time(
    line: &Line<'_>,
    beside: Option<&Place>,
    zones: &mut Zones<'_, '_>,
    tick: &mut dyn FnMut() -> bool,
) -> Result<Time> {
    let not_allowed =
        || wrong(line.name(), line.value(), "a date or date-time in the years 1 to 9999");
    let moment = Moment::parse(line.value()).or_else(|| Moment::guess(line.value()));
    let moment = match moment.ok_or_else(not_allowed)? {
        // Some programs write the midnight of a date.
        Moment::Local(time) | Moment::Utc(time) if line.has_type("DATE") => {
            Moment::Date(time.date())
        }
        moment => moment,
    };
    match Time::new(moment, || zones.place(line, beside, tick))? {
        Time::At { instant, .. } if !is_in_range(instant.utc()) => Err(not_allowed()),
        time => Ok(time),
    }
}

/// An end, in the form of its start.
#[derive(Clone, Copy)]
enum End {
    /// The first date after.
    Date(NaiveDate),
    At(Instant),
}

impl Time {
    /// Where it is, if it is a date-time.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Date(_) => None,
            Self::At { place, .. } => Some(place),
        }
    }

    /// The end after a duration; `None` where it is beyond all years.
    fn plus(&self, duration: Duration) -> Option<End> {
        match self {
            Self::Date(first) => {
                // What is left of a day makes one more.
                let days = duration.days.checked_add(duration.seconds.div_euclid(86_400))?;
                let more = i64::from(duration.seconds.rem_euclid(86_400) > 0);
                let end = first.checked_add_signed(TimeDelta::try_days(days + more)?)?;
                is_in_range(end.and_time(NaiveTime::MIN)).then_some(End::Date(end))
            }
            Self::At { instant, local, place } => {
                // Days are those of the local calendar, the rest is exact (section 3.3.6).
                let end = match duration.days {
                    0 => *instant,
                    days => local_to_instant(
                        &place.zone,
                        local.checked_add_signed(TimeDelta::try_days(days)?)?,
                    ),
                } + TimeDelta::seconds(duration.seconds);
                is_in_range(end.utc()).then_some(End::At(end))
            }
        }
    }

    /// The end where none is known.
    fn plus_default(&self, is_unclear: bool) -> Option<End> {
        match self {
            Self::Date(_) => self.plus(Duration { days: 1, seconds: 0 }),
            Self::At { .. } if is_unclear => {
                self.plus(Duration { days: 0, seconds: OTHERWISE.num_seconds() })
            }
            Self::At { .. } => self.plus(Duration { days: 0, seconds: 0 }),
        }
    }
}

/// DTEND in the form of DTSTART.
fn end_at(start: &Time, end: &Time, calendar_zone: &Zone) -> End {
    match (start, end) {
        (Time::Date(_), Time::Date(end)) => End::Date(*end),
        (Time::Date(_), Time::At { local, place, instant }) => {
            // A midnight in UTC is a date in disguise; any other time in UTC is that of
            // the calendar's clock.
            let is_local = place.zone != Zone::UTC || local.time() == NaiveTime::MIN;
            let local = if is_local { *local } else { calendar_zone.instant_to_local(*instant) };
            let is_midnight = local.time() == NaiveTime::MIN;
            let next = local.date().succ_opt().unwrap_or(local.date());
            End::Date(if is_midnight { local.date() } else { next })
        }
        (Time::At { local, place, .. }, Time::Date(end)) => {
            // The date of the start is the last one, which is meant to be whole.
            let end = if *end == local.date() { end.succ_opt().unwrap_or(*end) } else { *end };
            End::At(local_to_instant(&place.zone, end.and_time(NaiveTime::MIN)))
        }
        (Time::At { .. }, Time::At { instant, .. }) => End::At(*instant),
    }
}

/// An all-day event with an end on its first day, which many programs write, lasts
/// that day. `None` where it lasts beyond all years.
fn dates(first: NaiveDate, end: NaiveDate, repairs: &mut Vec<String>) -> Option<Times> {
    let (first, end, moved_by) = if end < first {
        repairs.push(exchanged(&format_date(first), &format_date(end)));
        (end, first, end - first)
    } else {
        (first, end, TimeDelta::zero())
    };
    let end = if end == first { end.checked_add_days(Days::new(1))? } else { end };
    is_in_range(end.and_time(NaiveTime::MIN)).then_some(Times {
        span: Span::Dates(first, end),
        place: None,
        duration: None,
        moved_by,
    })
}

fn times(start: &Time, end: Instant, place: &Place, repairs: &mut Vec<String>) -> Result<Times> {
    let Time::At { instant, local, .. } = start else {
        return Err(Error::invalid("DTSTART is a date"));
    };
    let is_backwards = end < *instant;
    if is_backwards {
        repairs.push(exchanged(&format_utc(*instant), &format_utc(end)));
    }
    let moved_by =
        if is_backwards { place.zone.instant_to_local(end) - *local } else { TimeDelta::zero() };
    let span = Span::Times(Interval::new(end.min(*instant), end.max(*instant)));
    Ok(Times { span, place: Some(place.clone()), duration: None, moved_by })
}

/// The repair of a value that was understood all the same.
fn not_of_the_form(line: &Line<'_>) -> String {
    format!("{} is not a valid date or date-time", line.shown())
}

/// The repair of an event that ends before it starts.
fn exchanged(start: &str, end: &str) -> String {
    format!("the end {} is before the start {}: they were exchanged", quoted(end), quoted(start))
}

/// The dates of a span from midnight to midnight, by its own clock or else, as
/// where it is written in UTC, by the calendar's.
fn whole_dates(times: &Times, calendar_zone: &Zone) -> Option<Span> {
    let (Some(place), Span::Times(interval)) = (&times.place, times.span) else { return None };
    [&place.zone, calendar_zone].into_iter().find_map(|zone| {
        let first = zone.instant_to_local(interval.start);
        let end = zone.instant_to_local(interval.end);
        let at_midnight = first.time() == NaiveTime::MIN && end.time() == NaiveTime::MIN;
        let day_after = first.date().succ_opt()?.max(end.date());
        at_midnight.then_some(Span::Dates(first.date(), day_after))
    })
}
