//! Reading an iCalendar stream (RFC 5545 section 3.4).

use super::calendar_zones::Zones;
use super::found::{Found, Namesakes, Parsed};
use super::free_busy::FreeBusy;
use super::lines::Vevent;
use super::method::Message;
use super::property::Property;
use super::series_clocks::SeriesClocks;
use super::vevent::address;
use crate::rfc5545::{Line, Lines};
use crate::time::Zone;
use crate::{Error, Result};
use std::borrow::Cow;

/// Lines between two calls of the caller's tick function.
const LINES_PER_TICK: usize = 256;

/// Reads the VEVENTs (RFC 5545 section 3.6.1) and the busy time of the VFREEBUSYs
/// (section 3.6.4) of a stream of one or more VCALENDARs. Other components are ignored.
///
/// `default_zone` is the calendar's: floating times and times with an unknown
/// TZID are in it. `owner` are the e-mail addresses of the calendar's owner, by
/// which to find their own answer to an invitation. `tick` is called regularly;
/// where it returns false, the result is the error [`Error::is_interrupted`].
///
/// * A VEVENT that cannot be understood is [`Parsed::rejected`]; the rest is
///   read. Only text that is not an iCalendar stream, or whose last END:VCALENDAR is
///   missing, is an error: an incomplete download must not look like the deletion of
///   the events that did not arrive.
/// * Of messages (RFC 5546), CANCEL cancels the occurrence or the whole event that it
///   names, and ADD adds an occurrence. An answer or a proposal changes no event: its
///   VEVENTs are rejected.
/// * The stretches of busy time of a VFREEBUSY are occurrences of an event that is not
///   known otherwise.
/// * A VEVENT without UID gets one made from its content, so that it is the
///   same in the next download.
/// * [`crate::event::Event::recurrence`] can be read without the VTIMEZONEs of the stream:
///   times in a zone that no IANA zone matches are in UTC there, and
///   [`crate::event::Event::vtimezone`] has that zone for [`super::custom_zone`].
/// * [`crate::event::Event::timezone`] is `UTC` for times in UTC and `None` for dates and
///   floating times.
pub fn parse(
    text: &str,
    default_zone: &Zone,
    owner: &[&str],
    tick: &mut dyn FnMut() -> bool,
) -> Result<Parsed> {
    read(text, default_zone, owner, Found::new(Namesakes::None), tick)
}

/// [`parse`] for what a calendar server keeps as one resource (RFC 4791 section 4.1).
///
/// A server keeps no older versions. So where several VEVENTs with one UID and no
/// RECURRENCE-ID start at different times, all of them take place: the newest is the event, and
/// each other one an occurrence beside it. A series that would be such an occurrence is
/// [`Parsed::rejected`].
pub fn parse_resource(
    text: &str,
    default_zone: &Zone,
    owner: &[&str],
    tick: &mut dyn FnMut() -> bool,
) -> Result<Parsed> {
    read(text, default_zone, owner, Found::new(Namesakes::All), tick)
}

/// [`parse`] for a feed, which shows a calendar as it is now.
///
/// Of several VEVENTs with one UID, no RECURRENCE-ID and different starts, those that are
/// equally old take place as those of a resource do ([`parse_resource`]): none is a version of
/// another.
pub fn parse_feed(
    text: &str,
    default_zone: &Zone,
    owner: &[&str],
    tick: &mut dyn FnMut() -> bool,
) -> Result<Parsed> {
    read(text, default_zone, owner, Found::new(Namesakes::EquallyOld), tick)
}

fn read(
    text: &str,
    default_zone: &Zone,
    owner: &[&str],
    found: Found,
    tick: &mut dyn FnMut() -> bool,
) -> Result<Parsed> {
    // Byte order marks are left where files were joined, in the middle of a line, too.
    let text = if text.contains('\u{FEFF}') {
        Cow::Owned(text.replace('\u{FEFF}', ""))
    } else {
        Cow::Borrowed(text)
    };
    let owner: Vec<String> = owner.iter().map(|text| address(text)).collect();
    let mut stream = Stream {
        default_zone,
        owner: &owner,
        depth: 0,
        calendars: 0,
        open: Open::Nothing,
        loose: Vevent::new(),
        calendar: Vcalendar::new(default_zone),
        found,
    };
    for (index, line) in Lines::new(&text).enumerate() {
        if index.is_multiple_of(LINES_PER_TICK) && !tick() {
            return Err(Error::interrupted());
        }
        stream.read(Line::new(line), tick)?;
    }
    stream.end(tick)
}

/// A stream that has been read up to somewhere.
struct Stream<'a, 's> {
    default_zone: &'s Zone,
    owner: &'s [String],
    /// How many VCALENDARs are open.
    depth: usize,
    /// How many have been opened.
    calendars: usize,
    open: Open<'a>,
    /// Properties outside of all components: an event whose BEGIN is missing.
    loose: Vevent<'a>,
    calendar: Vcalendar<'a, 's>,
    found: Found,
}

/// The component of a VCALENDAR that is open, with how many more are open in it.
enum Open<'a> {
    Nothing,
    Event(Box<Vevent<'a>>, usize),
    FreeBusy(Box<Vevent<'a>>, usize),
    Timezone(Vec<Line<'a>>, usize),
    Other(Other),
}

/// A component to ignore. What an `X-` component holds belongs to it, whereas any
/// other that holds an event has lost its end.
struct Other {
    name: String,
    is_own: bool,
    /// How many events are in it.
    events: usize,
}

/// The VCALENDAR that is being read. Its events are understood when all its
/// VTIMEZONEs are known, which may come after them.
struct Vcalendar<'a, 'z> {
    zones: Zones<'a, 'z>,
    events: Vec<Vevent<'a>>,
    free_busy: Vec<Vevent<'a>>,
    method: String,
}

impl<'z> Vcalendar<'_, 'z> {
    fn new(default_zone: &'z Zone) -> Self {
        Self {
            zones: Zones::new(default_zone),
            events: Vec::new(),
            free_busy: Vec::new(),
            method: String::new(),
        }
    }
}

impl<'a> Stream<'a, '_> {
    fn read(&mut self, line: Line<'a>, tick: &mut dyn FnMut() -> bool) -> Result<()> {
        if line.name().eq_ignore_ascii_case("BEGIN") {
            return self.begin(line, tick);
        }
        if line.name().eq_ignore_ascii_case("END") {
            self.end_component(line);
            return Ok(());
        }
        match &mut self.open {
            Open::Event(event, 0) | Open::FreeBusy(event, 0) => event.push(line),
            Open::Timezone(lines, _) => lines.push(line),
            Open::Nothing if self.calendars > 0 => {
                self.calendar_property(&line);
                self.loose.push(line);
            }
            Open::Event(..) | Open::FreeBusy(..) | Open::Other(..) | Open::Nothing => {}
        }
        Ok(())
    }

    fn calendar_property(&mut self, line: &Line<'_>) {
        if line.name().eq_ignore_ascii_case("X-WR-TIMEZONE") {
            self.calendar.zones.set_calendar_zone(Property::of(line).text());
        } else if line.name().eq_ignore_ascii_case("METHOD") {
            self.calendar.method = line.value().to_ascii_uppercase();
        }
    }

    fn begin(&mut self, line: Line<'a>, tick: &mut dyn FnMut() -> bool) -> Result<()> {
        let component = line.value();
        let is = |name| component.eq_ignore_ascii_case(name);
        if is("VCALENDAR") {
            self.unfinished("VCALENDAR");
            if self.depth == 0 {
                self.end_calendar(tick)?;
            }
            self.depth += 1;
            self.calendars += 1;
            return Ok(());
        }
        let opened = match component.to_ascii_uppercase().as_str() {
            // After an END:VCALENDAR too many, the calendar goes on.
            _ if self.calendars == 0 => None,
            "VEVENT" => Some(Open::Event(Box::new(Vevent::new()), 0)),
            "VFREEBUSY" => Some(Open::FreeBusy(Box::new(Vevent::new()), 0)),
            "VTIMEZONE" => Some(Open::Timezone(Vec::new(), 0)),
            _ => None,
        };
        if let Some(opened) = opened
            && !matches!(self.open, Open::Other(Other { is_own: true, .. }))
        {
            self.unfinished(&format!("BEGIN:{}", component.to_ascii_uppercase()));
            self.open = opened;
            return Ok(());
        }
        match &mut self.open {
            Open::Nothing => {
                let is_own = component.get(..2).is_some_and(|x| x.eq_ignore_ascii_case("X-"));
                let name = component.to_ascii_uppercase();
                self.open = Open::Other(Other { name, is_own, events: 0 });
            }
            Open::Timezone(lines, inner) => {
                *inner += 1;
                lines.push(line);
            }
            Open::Event(_, inner) | Open::FreeBusy(_, inner) => *inner += 1,
            Open::Other(other) => other.events += usize::from(is("VEVENT")),
        }
        Ok(())
    }

    fn end_component(&mut self, line: Line<'a>) {
        let component = line.value();
        let is = |name| component.eq_ignore_ascii_case(name);
        if is("VCALENDAR") {
            self.unfinished("END:VCALENDAR");
            self.depth = self.depth.saturating_sub(1);
            return;
        }
        // The end of an event or zone also ends what was left open in it.
        let ends = match &self.open {
            Open::Event(..) => is("VEVENT"),
            Open::FreeBusy(..) => is("VFREEBUSY"),
            Open::Timezone(..) => is("VTIMEZONE"),
            Open::Other(other) => is(&other.name),
            Open::Nothing => return self.end_without_begin(component),
        };
        if ends {
            match std::mem::replace(&mut self.open, Open::Nothing) {
                Open::Event(event, _) => self.calendar.events.push(*event),
                Open::FreeBusy(component, _) => self.calendar.free_busy.push(*component),
                Open::Timezone(lines, _) => self.calendar.zones.define(lines),
                Open::Other(..) | Open::Nothing => {}
            }
            return;
        }
        match &mut self.open {
            Open::Timezone(lines, inner) => {
                *inner = inner.saturating_sub(1);
                lines.push(line);
            }
            Open::Event(_, inner) | Open::FreeBusy(_, inner) => *inner = inner.saturating_sub(1),
            Open::Other(_) | Open::Nothing => {}
        }
    }

    /// An END of what has not begun: of an event, if its properties were met.
    fn end_without_begin(&mut self, component: &str) {
        if component.eq_ignore_ascii_case("VEVENT") {
            self.end_loose("BEGIN:VEVENT is missing");
        } else if !component.eq_ignore_ascii_case("VALARM") {
            self.loose = Vevent::new();
        }
    }

    /// Takes properties outside of all components for an event, if they say when it is.
    fn end_loose(&mut self, problem: &str) {
        let mut event = std::mem::replace(&mut self.loose, Vevent::new());
        if event.first("DTSTART").is_some() {
            event.repairs.push(problem.into());
            self.calendar.events.push(event);
        }
    }

    /// Ends the open component: `before` came without its END. An event that says when it
    /// takes place is read all the same.
    fn unfinished(&mut self, before: &str) {
        self.end_loose(&format!("BEGIN:VEVENT and END:VEVENT are missing before {before}"));
        let missing = |name: &str| format!("END:{name} is missing before {before}");
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Event(mut event, _) if event.first("DTSTART").is_some() => {
                event.repairs.push(missing("VEVENT"));
                self.calendar.events.push(*event);
            }
            Open::Event(event, _) => self.found.reject(event.written_uid(), missing("VEVENT")),
            Open::FreeBusy(component, _) => {
                self.found.reject(component.written_uid(), missing("VFREEBUSY"));
            }
            Open::Timezone(lines, _) => self.calendar.zones.define(lines),
            Open::Other(other) if other.events > 0 => {
                let reason = format!("{}, so its events were not read", missing(&other.name));
                self.found.reject(None, reason);
            }
            Open::Other(_) | Open::Nothing => {}
        }
    }

    fn end_calendar(&mut self, tick: &mut dyn FnMut() -> bool) -> Result<()> {
        let calendar = std::mem::replace(&mut self.calendar, Vcalendar::new(self.default_zone));
        let Vcalendar { mut zones, events, free_busy, method } = calendar;
        let message = Message::of(&method);
        let clocks = SeriesClocks::of(&events, &mut zones, tick)?;
        for (index, event) in events.into_iter().enumerate() {
            if index.is_multiple_of(LINES_PER_TICK) && !tick() {
                return Err(Error::interrupted());
            }
            if message == Message::Talk {
                let reason = format!("METHOD:{method} does not change the event that it names");
                self.found.reject(event.written_uid(), reason);
                continue;
            }
            match event.read(&mut zones, &clocks, self.owner, message, tick) {
                Ok(version) if message == Message::Cancellation => self.found.cancel(version),
                Ok(version) => self.found.add(version),
                Err(error) if error.is_interrupted() => return Err(error),
                Err(error) => self.found.reject(event.written_uid(), error.to_string()),
            }
        }
        for component in free_busy {
            let FreeBusy { id, versions, problems } = FreeBusy::read(&component, &mut zones, tick)?;
            versions.into_iter().for_each(|version| self.found.add(version));
            for problem in problems {
                self.found.reject(Some(id.clone()), problem.to_string());
            }
            self.found.parsed.whole.push(id);
        }
        Ok(())
    }

    fn end(mut self, tick: &mut dyn FnMut() -> bool) -> Result<Parsed> {
        if self.calendars == 0 {
            return Err(Error::invalid("not an iCalendar stream: BEGIN:VCALENDAR is missing"));
        }
        if self.depth > 0 || matches!(self.open, Open::Event(..)) {
            return Err(Error::invalid("iCalendar stream broke off: END:VCALENDAR is missing"));
        }
        self.unfinished("the end");
        self.end_calendar(tick)?;
        Ok(self.found.finish())
    }
}
