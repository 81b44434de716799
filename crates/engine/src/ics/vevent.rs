//! What one VEVENT means (RFC 5545 section 3.6.1).

use super::busy_status::{BUSY_STATUS, BusyStatus};
use super::calendar_zones::Zones;
use super::lines::Vevent;
use super::method::Message;
use super::property::Property;
use super::recurrence_lines::rewrite;
use super::series_clocks::SeriesClocks;
use super::times::Times;
use super::version::{Age, Version};
use crate::Result;
use crate::event::{Event, Span, Status, Transparency};
use crate::recurrence::Recurrence;
use crate::rfc5545::{Line, Moment};
use crate::time::Instant;
use calcard::icalendar::ICalendarParticipationStatus as Partstat;
use chrono::NaiveTime;

/// The most repairs that are recorded of one event.
const MAX_REPAIRS: usize = 10;

impl Vevent<'_> {
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
