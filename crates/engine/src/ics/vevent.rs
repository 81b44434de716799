//! What one VEVENT means (RFC 5545 section 3.6.1).

use super::busy_status::{BUSY_STATUS, BusyStatus};
use super::calendar_zones::{Time, Zones};
use super::method::Message;
use super::property::Property;
use super::recurrence_lines::rewrite;
use super::version::{Age, Version};
use super::wrong;
use crate::event::{Event, Span, Status, Transparency, When};
use crate::recurrence::Recurrence;
use crate::rfc5545::{Duration, Line, Moment, is_in_range};
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use crate::{Error, Interval, Result};
use calcard::icalendar::ICalendarParticipationStatus as Partstat;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

/// The longest title that is kept, in characters.
const MAX_TITLE: usize = 1_000;

/// The longest UID, in bytes.
const MAX_UID: usize = 1_000;

/// The properties that tell something about time; the lines of all others are
/// not kept while the stream is read.
const PROPERTIES: [&str; 22] = [
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "SUMMARY",
    "STATUS",
    "TRANSP",
    "SEQUENCE",
    "DTSTAMP",
    "LAST-MODIFIED",
    "RECURRENCE-ID",
    "RRULE",
    "RDATE",
    "EXDATE",
    "EXRULE",
    "ATTENDEE",
    "ORGANIZER",
    "FREEBUSY",
    BUSY_STATUS[0],
    BUSY_STATUS[1],
    BUSY_STATUS[2],
    ALL_DAY,
];

/// Outlook's mark of an all-day event that is written with times.
const ALL_DAY: &str = "X-MICROSOFT-CDO-ALLDAYEVENT";

/// Properties that change whenever a calendar is written anew.
const VOLATILE: [&str; 4] = ["DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"];

/// The lines of one VEVENT or VFREEBUSY.
pub(super) struct Vevent<'a> {
    lines: Vec<(&'static str, Line<'a>)>,
    fingerprint: Fingerprint,
}

impl<'a> Vevent<'a> {
    pub(super) fn new() -> Self {
        Self { lines: Vec::new(), fingerprint: Fingerprint::new() }
    }

    pub(super) fn push(&mut self, line: Line<'a>) {
        let name = line.name();
        if !VOLATILE.iter().any(|volatile| name.eq_ignore_ascii_case(volatile)) {
            self.fingerprint.add(line.text());
        }
        if let Some(known) = PROPERTIES.iter().find(|known| name.eq_ignore_ascii_case(known)) {
            self.lines.push((known, line));
        }
    }

    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(move |(own, _)| *own == name).map(|(_, line)| line)
    }

    /// Of a property that may stand once, the first counts.
    pub(super) fn first(&self, name: &'static str) -> Option<&Line<'a>> {
        self.all(name).next()
    }

    /// TEXT of a property, without control characters.
    fn text(&self, name: &'static str) -> Option<String> {
        let property = Property::of(self.first(name)?);
        let text = property.text().chars().filter(|&c| !c.is_control() || c == '\n' || c == '\t');
        let text = text.collect::<String>().trim().to_owned();
        Some(text).filter(|text| !text.is_empty())
    }

    /// The SUMMARY, cut where it is very long.
    fn title(&self) -> Option<String> {
        let mut title = self.text("SUMMARY")?;
        if let Some((end, _)) = title.char_indices().nth(MAX_TITLE) {
            title.truncate(title[..end].trim_end().len());
        }
        Some(title)
    }

    /// Whether the TEXT of a property is one of these.
    fn is(&self, name: &'static str, values: &[&str]) -> bool {
        self.first(name).is_some_and(|line| {
            let property = Property::of(line);
            values.iter().any(|value| property.text().trim().eq_ignore_ascii_case(value))
        })
    }

    /// The UID, if there is one, cut where it is longer than any index would take.
    pub(super) fn written_uid(&self) -> Option<String> {
        let mut uid = self.text("UID")?;
        if uid.len() > MAX_UID {
            let fingerprint = Fingerprint::of(&uid).to_string();
            uid.truncate(uid.floor_char_boundary(MAX_UID - fingerprint.len()));
            uid.push_str(&fingerprint);
        }
        Some(uid)
    }

    /// The UID; without one, a name by the event's content: the same in every
    /// download until it changes.
    fn uid(&self) -> String {
        self.written_uid().unwrap_or_else(|| format!("no-uid-{}", self.fingerprint))
    }

    /// An event with this UID, in this time, about which nothing else is known.
    pub(super) fn event(&self, span: Span) -> Event {
        Event {
            external_event_id: self.uid(),
            recurrence_id: None,
            this_and_future: false,
            title: self.title(),
            span,
            status: Status::Confirmed,
            transparency: Transparency::Opaque,
            declined: false,
            recurrence: None,
            timezone: None,
            vtimezone: None,
            etag: None,
            updated_at: self.instant("LAST-MODIFIED"),
            booking_id: None,
        }
    }

    pub(super) fn age(&self) -> Age {
        let sequence = self.first("SEQUENCE").and_then(|line| line.value().parse().ok());
        (sequence.unwrap_or(0), self.instant("LAST-MODIFIED"), self.instant("DTSTAMP"))
    }

    /// What it means in a calendar with this METHOD.
    pub(super) fn read(
        &self,
        zones: &mut Zones<'_, '_>,
        owner: &[String],
        message: Message,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Version> {
        let is_cancelled =
            message == Message::Cancellation || self.is("STATUS", &["CANCELLED", "CANCELED"]);
        let (start, span) = self.span(is_cancelled, zones, tick)?;
        let (recurrence_id, this_and_future) = self.recurrence_id(span, zones, tick)?;
        let recurrence = match recurrence_id {
            // An override that recurs would be a series of its own (section 3.8.4.4).
            Some(_) => None,
            None => self.recurrence(matches!(span, Span::Dates(..)), zones, tick)?,
        };
        let place = match start {
            Time::At { place, .. } if matches!(span, Span::Times(_)) => Some(place),
            _ => None,
        };
        let vtimezone = place.as_ref().and_then(|place| place.vtimezone.as_deref());
        let mine = self.own_partstat(owner);
        let event = Event {
            recurrence_id,
            this_and_future,
            status: self.status(mine.as_ref(), is_cancelled),
            transparency: self.transparency(),
            declined: mine == Some(Partstat::Declined),
            vtimezone: vtimezone.filter(|_| recurrence.is_some()).map(str::to_owned),
            recurrence,
            timezone: place.and_then(|place| place.name).map(str::to_owned),
            ..self.event(span)
        };
        let version = Version { event, age: self.age() };
        Ok(if message == Message::Addition { version.added() } else { version })
    }

    fn time(
        &self,
        line: &Line<'_>,
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Time> {
        let not_allowed =
            || wrong(line.name(), line.value(), "a date or date-time in the years 1 to 9999");
        let moment = Moment::parse(line.value()).ok_or_else(not_allowed)?;
        let moment = match moment {
            // Some programs write the midnight of a date.
            Moment::Local(time) | Moment::Utc(time) if line.has_type("DATE") => {
                Moment::Date(time.date())
            }
            moment => moment,
        };
        match Time::new(moment, || zones.place(line, tick))? {
            Time::At { instant, .. } if !is_in_range(instant.utc()) => Err(not_allowed()),
            time => Ok(time),
        }
    }

    /// DTSTART to DTEND or DTSTART plus DURATION; without both, a date lasts
    /// one day and a date-time no time (section 3.6.1). A cancellation need not say
    /// when the event was to take place (RFC 5546 section 3.2.5).
    fn span(
        &self,
        is_cancelled: bool,
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<(Time, Span)> {
        let otherwise = ["RECURRENCE-ID", "DTSTAMP"].iter().filter(|_| is_cancelled);
        let mut lines = std::iter::once(&"DTSTART").chain(otherwise);
        let line = lines
            .find_map(|name| self.first(name))
            .ok_or_else(|| Error::invalid("DTSTART is missing"))?;
        let start = self.time(line, zones, tick)?;
        let span = match (self.first("DTEND"), self.first("DURATION")) {
            (Some(end), _) => {
                let too_early =
                    || wrong("DTEND", end.value(), "a time from DTSTART up to the year 9999");
                span_to(&start, &self.time(end, zones, tick)?).ok_or_else(too_early)?
            }
            (None, Some(line)) => {
                let not_allowed = || wrong("DURATION", line.value(), "one such as PT30M or P1D");
                let duration = Duration::parse(line.value()).ok_or_else(not_allowed)?;
                span_for(&start, duration).ok_or_else(not_allowed)?
            }
            (None, None) => span_for(&start, Duration { days: 0, seconds: 0 })
                .ok_or_else(|| wrong("DTSTART", line.value(), "an earlier date"))?,
        };
        if self.is(ALL_DAY, &["TRUE"])
            && let Some(dates) = whole_dates(&start, span, &zones.floating().zone)
        {
            return Ok((start, dates));
        }
        Ok((start, span))
    }

    fn recurrence_id(
        &self,
        span: Span,
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<(Option<When>, bool)> {
        let Some(line) = self.first("RECURRENCE-ID") else { return Ok((None, false)) };
        let when = match (self.time(line, zones, tick)?, span) {
            (Time::Date(date), _) => When::Date(date),
            // Of an all-day event whose id is written as a local midnight.
            (Time::At { local, place, .. }, Span::Dates(..))
                if place.zone != Zone::UTC && local.time() == NaiveTime::MIN =>
            {
                When::Date(local.date())
            }
            (Time::At { instant, .. }, _) => When::At(instant),
        };
        Ok((
            Some(when),
            line.parameter("RANGE")
                .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE")),
        ))
    }

    fn recurrence(
        &self,
        is_all_day: bool,
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Option<String>> {
        let mut text = String::new();
        for (name, line) in &self.lines {
            if matches!(*name, "RRULE" | "RDATE" | "EXDATE" | "EXRULE") && !line.value().is_empty()
            {
                let place = zones.place(line, tick)?;
                rewrite(line, &place, is_all_day, &mut text, tick)?;
            }
        }
        if text.is_empty() {
            return Ok(None);
        }
        text.truncate(text.trim_end().len());
        Recurrence::parse(&text)?;
        Ok(Some(text))
    }

    fn status(&self, mine: Option<&Partstat>, is_cancelled: bool) -> Status {
        if is_cancelled {
            return Status::Cancelled;
        }
        let unsure = matches!(mine, Some(Partstat::NeedsAction | Partstat::Tentative));
        let is_tentative = match self.busy_status() {
            Some(status) => status == BusyStatus::Tentative,
            None => self.is("STATUS", &["TENTATIVE"]),
        };
        if unsure || is_tentative { Status::Tentative } else { Status::Confirmed }
    }

    fn transparency(&self) -> Transparency {
        let is_free = match self.busy_status() {
            Some(status) => status == BusyStatus::Free,
            None => self.is("TRANSP", &["TRANSPARENT"]),
        };
        if is_free { Transparency::Transparent } else { Transparency::Opaque }
    }

    fn busy_status(&self) -> Option<BusyStatus> {
        BUSY_STATUS.iter().find_map(|name| BusyStatus::from_name(self.first(name)?.value()))
    }

    /// The owner's answer; none where they are not invited or invite themselves.
    fn own_partstat(&self, owner: &[String]) -> Option<Partstat> {
        if owner.is_empty() {
            return None;
        }
        let is_mine = |line: &&Line<'_>| {
            let property = Property::of(line);
            let is_owner = |text: &str| owner.contains(&address(text));
            is_owner(property.text()) || property.email().is_some_and(is_owner)
        };
        let partstat = Property::of(self.all("ATTENDEE").find(is_mine)?).partstat();
        let organizes = self.all("ORGANIZER").any(|line| is_mine(&line));
        Some(partstat).filter(|partstat| !(organizes && *partstat == Partstat::NeedsAction))
    }

    /// A property that only tells how new this is: of no consequence if wrong.
    fn instant(&self, name: &'static str) -> Option<Instant> {
        match Moment::parse(self.first(name)?.value())? {
            Moment::Date(date) => Some(Instant::from_utc(date.and_time(NaiveTime::MIN))),
            Moment::Local(time) | Moment::Utc(time) => Some(Instant::from_utc(time)),
        }
    }
}

/// A calendar user address to compare: without `mailto:`, in lower case.
pub(super) fn address(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    lower.strip_prefix("mailto:").unwrap_or(&lower).trim().to_owned()
}

/// `None` where the end comes before the start, or after all years. An all-day
/// event with an end on its first day, which many programs write, lasts that day.
fn span_to(start: &Time, end: &Time) -> Option<Span> {
    match (start, end) {
        (Time::Date(first), Time::Date(end)) => dates(*first, *end),
        (Time::Date(first), Time::At { local, .. }) => {
            let is_midnight = local.time() == NaiveTime::MIN;
            let end = if is_midnight { local.date() } else { local.date().succ_opt()? };
            dates(*first, end)
        }
        (Time::At { instant, place, .. }, Time::Date(end)) => {
            times(*instant, local_to_instant(&place.zone, end.and_time(NaiveTime::MIN)))
        }
        (Time::At { instant: start, .. }, Time::At { instant: end, .. }) => times(*start, *end),
    }
}

fn dates(first: NaiveDate, end: NaiveDate) -> Option<Span> {
    let end = if end == first { end.succ_opt()? } else { end };
    let fits = first < end && is_in_range(end.and_time(NaiveTime::MIN));
    fits.then_some(Span::Dates(first, end))
}

fn times(start: Instant, end: Instant) -> Option<Span> {
    let fits = start <= end && is_in_range(end.utc());
    fits.then(|| Span::Times(Interval::new(start, end)))
}

/// `None` where the duration is negative or ends after all years.
fn span_for(start: &Time, duration: Duration) -> Option<Span> {
    let days = Days::new(u64::try_from(duration.days).ok()?);
    let exact = TimeDelta::seconds(duration.seconds);
    match start {
        Time::Date(first) => {
            let more = Days::new(u64::try_from(duration.seconds).ok()?.div_ceil(86_400));
            let end = first.checked_add_days(days)?.checked_add_days(more)?;
            dates(*first, end)
        }
        Time::At { instant, local, place } => {
            // Days are those of the local calendar, the rest is exact (section 3.3.6).
            let end = match duration.days {
                0 => *instant,
                _ => local_to_instant(&place.zone, local.checked_add_days(days)?),
            };
            times(*instant, end + exact)
        }
    }
}

/// The dates of a span from midnight to midnight, by its own clock or else, as
/// where it is written in UTC, by the calendar's.
fn whole_dates(start: &Time, span: Span, calendar_zone: &Zone) -> Option<Span> {
    let (Time::At { place, .. }, Span::Times(interval)) = (start, span) else { return None };
    [&place.zone, calendar_zone].into_iter().find_map(|zone| {
        let first = zone.instant_to_local(interval.start);
        let end = zone.instant_to_local(interval.end);
        let at_midnight = first.time() == NaiveTime::MIN && end.time() == NaiveTime::MIN;
        if at_midnight { dates(first.date(), end.date()) } else { None }
    })
}

/// The 64-bit hash FNV-1a: small, and the same on every machine and in every
/// version, so that what is named by it keeps its name.
struct Fingerprint(u64);

impl Fingerprint {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn of(text: &str) -> Self {
        let mut fingerprint = Self::new();
        fingerprint.add(text);
        fingerprint
    }

    fn add(&mut self, text: &str) {
        for &byte in text.as_bytes().iter().chain(b"\n") {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
