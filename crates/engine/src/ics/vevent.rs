//! What one VEVENT means (RFC 5545 section 3.6.1).

use super::busy_status::{BUSY_STATUS, BusyStatus};
use super::calendar_zones::Zones;
use super::method::Message;
use super::property::Property;
use super::recurrence_lines::rewrite;
use super::series_clocks::SeriesClocks;
use super::times::{ALL_DAY, Times};
use super::version::{Age, Version};
use crate::Result;
use crate::event::{Event, Span, Status, Transparency};
use crate::recurrence::Recurrence;
use crate::rfc5545::{Line, Moment};
use crate::time::Instant;
use calcard::icalendar::ICalendarParticipationStatus as Partstat;
use chrono::NaiveTime;

/// The longest title that is kept, in characters.
const MAX_TITLE: usize = 1_000;

/// The longest UID, in bytes.
const MAX_UID: usize = 1_000;

/// The most repairs that are recorded of one event.
const MAX_REPAIRS: usize = 10;

/// The properties that matter for time. The lines of all others are not kept while
/// the stream is read.
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

/// Properties that change each time a calendar is written.
const VOLATILE: [&str; 4] = ["DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"];

/// The lines of one VEVENT or VFREEBUSY.
pub(super) struct Vevent<'a> {
    lines: Vec<(&'static str, Line<'a>)>,
    fingerprint: Fingerprint,
    /// What is wrong about where it begins and ends.
    pub(super) repairs: Vec<String>,
}

impl<'a> Vevent<'a> {
    pub(super) fn new() -> Self {
        Self { lines: Vec::new(), fingerprint: Fingerprint::new(), repairs: Vec::new() }
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

    /// The first counts of a property that is allowed once.
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
    pub(super) fn is(&self, name: &'static str, values: &[&str]) -> bool {
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
            duration: None,
            sequence: self.sequence(),
            repairs: Vec::new(),
            updated_at: self.instant("LAST-MODIFIED"),
            booking_id: None,
        }
    }

    pub(super) fn age(&self) -> Age {
        (self.sequence(), self.instant("LAST-MODIFIED"), self.instant("DTSTAMP"))
    }

    /// SEQUENCE (section 3.8.7.4), or the nearest number that can be stored.
    fn sequence(&self) -> i32 {
        let number = self.first("SEQUENCE").and_then(|line| line.value().parse::<i64>().ok());
        let number = number.unwrap_or(0).clamp(0, i32::MAX.into());
        i32::try_from(number).unwrap_or(0)
    }

    /// What it means in a calendar with this METHOD.
    pub(super) fn read(
        &self,
        zones: &mut Zones<'_, '_>,
        clocks: &SeriesClocks,
        owner: &[String],
        message: Message,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Version> {
        let is_cancelled =
            message == Message::Cancellation || self.is("STATUS", &["CANCELLED", "CANCELED"]);
        let mut repairs = self.repairs.clone();
        let times = Times::of(self, is_cancelled, zones, &mut repairs, tick)?;
        let recurrence_id = match clocks.recurrence_id(self, &times, zones, tick) {
            Err(error) if error.is_interrupted() || is_cancelled => return Err(error),
            Err(error) => {
                // What it replaces is not known: it takes place beside that.
                repairs.push(error.to_string());
                Some(times.span.start())
            }
            Ok(id) => id,
        };
        let recurrence = match recurrence_id {
            // An override that recurs would be a series of its own (section 3.8.4.4).
            Some(_) => None,
            None => self.recurrence(&times, zones, &mut repairs, tick)?,
        };
        repairs.truncate(MAX_REPAIRS);
        let Times { span, place, duration, .. } = times;
        let vtimezone = place.as_ref().and_then(|place| place.vtimezone.as_deref());
        let mine = self.own_partstat(owner);
        let this_and_future = self.is_this_and_future();
        let recurs = recurrence.is_some() || this_and_future;
        let event = Event {
            recurrence_id,
            this_and_future,
            status: self.status(mine.as_ref(), is_cancelled),
            transparency: self.transparency(),
            declined: mine == Some(Partstat::Declined),
            duration: duration.filter(|_| recurs),
            vtimezone: vtimezone.filter(|_| recurrence.is_some()).map(str::to_owned),
            recurrence,
            timezone: place.and_then(|place| place.name).map(str::to_owned),
            repairs,
            ..self.event(span)
        };
        let version = Version { event, age: self.age() };
        Ok(if message == Message::Addition { version.added() } else { version })
    }

    /// RANGE (section 3.2.13) of its RECURRENCE-ID.
    fn is_this_and_future(&self) -> bool {
        let range = self.first("RECURRENCE-ID").and_then(|line| line.parameter("RANGE"));
        range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"))
    }

    /// Its recurrence lines. What cannot be understood of them is left out, and is
    /// one of `repairs`.
    fn recurrence(
        &self,
        times: &Times,
        zones: &mut Zones<'_, '_>,
        repairs: &mut Vec<String>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Option<String>> {
        let mut text = String::new();
        for (name, line) in &self.lines {
            if matches!(*name, "RRULE" | "RDATE" | "EXDATE" | "EXRULE") && !line.value().is_empty()
            {
                let mut place = zones.place(line, times.place.as_ref(), tick)?;
                // Without a TZID it is in the series' own zone.
                place.name = place.name.filter(|_| line.tzid().is_some());
                let is_all_day = times.span.is_all_day();
                rewrite(line, &place, is_all_day, &mut text, repairs, tick)?;
            }
        }
        text.truncate(text.trim_end().len());
        let (recurrence, problems) = Recurrence::read(&text)?;
        let is_repaired = !problems.is_empty();
        repairs.extend(problems.iter().map(ToString::to_string));
        Ok(match (recurrence.is_empty(), is_repaired || !times.moved_by.is_zero()) {
            (true, _) => None,
            (false, false) => Some(text),
            (false, true) => Some(recurrence.moved(times.moved_by).to_string()),
        })
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

    /// The owner's answer; `None` if the owner is not invited or is the organizer.
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

    /// A property that only shows how new the event is. A wrong value is ignored.
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
