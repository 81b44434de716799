//! Changing an event that is on a calendar server already, and that its owner may have changed.

use super::component::{Attendee, Person};
use super::first_occurrence;
use super::parse::parse;
use super::property::Property;
use super::vevent::address;
use super::write::{attendee_line, organizer_line, status_line};
use crate::event::{Event, Span, Status};
use crate::rfc5545::{Line, Lines, escape, format_utc, push_line};
use crate::time::{Instant, Zone};
use crate::{Error, Interval, Result};
use chrono::TimeDelta;
use std::ops::Range;

/// Recurrence properties, which an occurrence does not have.
const RECURRENCE: [&str; 4] = ["RRULE", "RDATE", "EXDATE", "EXRULE"];

/// The event of a UID in the text of a resource.
///
/// If it has become a series, its first occurrence is meant.
pub struct Existing<'z> {
    resource: Resource<'z>,
    place: Place,
    event: Event,
    /// The series of which it is the first occurrence.
    master: Option<Range<usize>>,
}

/// What to change in an event. Everything else in its resource stays: alarms, other properties,
/// other components.
#[derive(Debug, Clone, Default)]
pub struct Edit<'a> {
    /// DTSTART and DTEND.
    pub span: Option<Interval>,
    /// STATUS.
    pub status: Option<Status>,
    /// SUMMARY.
    pub summary: Option<&'a str>,
    /// DESCRIPTION; an empty one is removed.
    pub description: Option<&'a str>,
    /// LOCATION; an empty one is removed.
    pub location: Option<&'a str>,
    /// ATTENDEEs to add.
    pub added: Vec<Attendee>,
    /// Addresses of ATTENDEEs to remove.
    pub removed: Vec<&'a str>,
    /// ORGANIZER, where there is none and attendees are added.
    pub organizer: Option<Person>,
    /// The least SEQUENCE after a change of time or status.
    pub sequence: i32,
}

impl<'z> Existing<'z> {
    /// Finds the event of a UID. `None` if it is not there any more: it was removed or cancelled,
    /// or its occurrence excluded. `zone` is the calendar's, which floating times are in.
    ///
    /// Text is an error if it is not an iCalendar stream, or if its components do not end.
    pub fn find(text: &str, uid: &str, zone: &'z Zone) -> Result<Option<Self>> {
        Resource::read(text, zone)?.find(uid)
    }

    /// SUMMARY.
    pub fn summary(&self) -> Option<String> {
        self.vevent().first("SUMMARY").map(|line| decoded(&line))
    }

    /// DESCRIPTION.
    pub fn description(&self) -> Option<String> {
        self.vevent().first("DESCRIPTION").map(|line| decoded(&line))
    }

    /// LOCATION.
    pub fn location(&self) -> Option<String> {
        self.vevent().first("LOCATION").map(|line| decoded(&line))
    }

    /// The addresses of its ATTENDEEs.
    pub fn guests(&self) -> Vec<String> {
        let vevent = self.vevent();
        let lines = vevent.own().map(|at| Line::new(vevent.lines[at].as_str()));
        lines.filter(|line| line.is("ATTENDEE")).map(|line| address(line.value())).collect()
    }

    /// The text in which the event says something else. `None` if it already says that.
    pub fn edit(mut self, edit: &Edit<'_>, stamp: Instant) -> Option<String> {
        let mut vevent = self.vevent();
        if !vevent.set(edit, self.event.span, self.event.status, stamp) {
            return None;
        }
        self.resource.lines.splice(vevent.range, vevent.lines);
        Some(self.resource.text())
    }

    /// The text without the event. `None` if nothing else is in it, so that it is to be deleted as
    /// a whole. If the event has become a series, its first occurrence alone is excluded.
    pub fn remove(mut self, stamp: Instant) -> Option<String> {
        let master = self.master?;
        let mut vevent =
            Vevent { lines: self.resource.lines[master.clone()].to_vec(), range: master };
        let excluded = vevent.first("DTSTART").map(|start| renamed(&start, "EXDATE"));
        vevent.insert(excluded.unwrap_or_default());
        vevent.stamp(stamp, Some(0));
        // The later of the two first, so that the place of the other one stays right.
        let mut changes = vec![(vevent.range, vevent.lines)];
        if let Place::Own(range) = self.place {
            changes.push((range, Vec::new()));
        }
        changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        for (range, lines) in changes {
            self.resource.lines.splice(range, lines);
        }
        Some(self.resource.text())
    }

    fn vevent(&self) -> Vevent {
        match &self.place {
            Place::Own(range) => {
                let lines = self.resource.lines[range.clone()].to_vec();
                Vevent { lines, range: range.clone() }
            }
            Place::FirstOf(master) => self.resource.new_override(master.clone()),
        }
    }
}

/// A resource, line by line.
struct Resource<'z> {
    lines: Vec<String>,
    vevents: Vec<Range<usize>>,
    timezones: Vec<Range<usize>>,
    zone: &'z Zone,
}

enum Place {
    /// Its VEVENT.
    Own(Range<usize>),
    /// It is the first occurrence of this VEVENT.
    FirstOf(Range<usize>),
}

impl<'z> Resource<'z> {
    fn read(text: &str, zone: &'z Zone) -> Result<Self> {
        let lines: Vec<String> = Lines::new(text).map(|line| line.into_owned()).collect();
        let (mut vevents, mut timezones) = (Vec::new(), Vec::new());
        let mut open: Vec<(String, usize)> = Vec::new();
        for (at, text) in lines.iter().enumerate() {
            let line = Line::new(text.as_str());
            let component = || line.value().to_ascii_uppercase();
            if line.is("BEGIN") {
                open.push((component(), at));
            } else if line.is("END") {
                let (name, start) =
                    open.pop().filter(|(name, _)| *name == component()).ok_or_else(|| {
                        Error::invalid(format!("END:{} ends no component", component()))
                    })?;
                match (name.as_str(), open.len()) {
                    ("VEVENT", 1) => vevents.push(start..at + 1),
                    ("VTIMEZONE", 1) => timezones.push(start..at + 1),
                    _ => {}
                }
            }
        }
        let is_stream = lines.iter().any(|line| {
            let line = Line::new(line.as_str());
            line.is("BEGIN") && line.value().eq_ignore_ascii_case("VCALENDAR")
        });
        if !is_stream || !open.is_empty() {
            return Err(Error::invalid("not a whole iCalendar stream"));
        }
        Ok(Self { lines, vevents, timezones, zone })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        self.lines.iter().for_each(|line| push_line(&mut text, line));
        text
    }

    /// What some VEVENTs mean.
    fn meaning(&self, vevents: &[&Range<usize>]) -> Result<Vec<Event>> {
        let mut text = String::new();
        push_line(&mut text, "BEGIN:VCALENDAR");
        for range in self.timezones.iter().chain(vevents.iter().copied()) {
            self.lines[range.clone()].iter().for_each(|line| push_line(&mut text, line));
        }
        push_line(&mut text, "END:VCALENDAR");
        let parsed = parse(&text, self.zone, &[], &mut || true)?;
        match parsed.rejected.into_iter().next() {
            Some(rejected) => Err(Error::invalid(rejected.reason)),
            None => Ok(parsed.events),
        }
    }

    fn is(&self, range: &Range<usize>, name: &str, value: Option<&str>) -> bool {
        let lines = &self.lines[range.clone()];
        own_lines(lines)
            .map(|at| Line::new(lines[at].as_str()))
            .any(|line| line.is(name) && value.is_none_or(|value| line.value() == value))
    }

    /// The event of a UID.
    fn find(self, uid: &str) -> Result<Option<Existing<'z>>> {
        let ours = self.vevents.iter().filter(|range| self.is(range, "UID", Some(uid)));
        let (overrides, masters): (Vec<_>, Vec<_>) =
            ours.cloned().partition(|range| self.is(range, "RECURRENCE-ID", None));
        let Some(master) = masters.first().or(overrides.first()).cloned() else {
            return Ok(None);
        };
        let Some(event) = self.meaning(&[&master])?.into_iter().next() else { return Ok(None) };
        let is_single = !self.is(&master, "RRULE", None) && !self.is(&master, "RDATE", None);
        if is_single {
            let place = Place::Own(master);
            return Ok(self.existing(place, event, None));
        }
        let first = event.span.start();
        for own in overrides {
            let found = self.meaning(&[&master, &own])?;
            if let Some(event) = found.into_iter().find(|e| e.recurrence_id == Some(first)) {
                return Ok(self.existing(Place::Own(own), event, Some(master)));
            }
        }
        let start = event.span.interval(self.zone).start;
        let moment = Interval::new(start, start + TimeDelta::seconds(1));
        let family = std::slice::from_ref(&event);
        if first_occurrence(family, self.zone, moment, &mut || true)?.is_none() {
            return Ok(None);
        }
        Ok(self.existing(Place::FirstOf(master.clone()), event, Some(master)))
    }

    fn existing(
        self,
        place: Place,
        event: Event,
        master: Option<Range<usize>>,
    ) -> Option<Existing<'z>> {
        let is_there = event.status != Status::Cancelled;
        is_there.then_some(Existing { resource: self, place, event, master })
    }

    /// An override of the first occurrence of a series, which says what the series says.
    fn new_override(&self, master: Range<usize>) -> Vevent {
        let mut vevent = Vevent { lines: self.lines[master.clone()].to_vec(), range: master };
        let id = vevent.first("DTSTART").map(|start| renamed(&start, "RECURRENCE-ID"));
        RECURRENCE.iter().for_each(|name| vevent.remove(name));
        vevent.insert(id.unwrap_or_default());
        let end = vevent.range.end;
        vevent.range = end..end;
        vevent
    }
}

/// The lines of a VEVENT, and where they belong.
struct Vevent {
    lines: Vec<String>,
    range: Range<usize>,
}

impl Vevent {
    /// Makes the changes. Returns whether there was anything to change.
    fn set(&mut self, edit: &Edit<'_>, current: Span, status: Status, stamp: Instant) -> bool {
        let span = edit.span.map(whole_seconds).filter(|span| Span::Times(*span) != current);
        let status = edit.status.filter(|other| *other != status);
        let is_of_matter = span.is_some() || status.is_some();
        let mut is_changed = is_of_matter;
        if let Some(span) = span {
            self.set_span(span);
        }
        if let Some(status) = status {
            self.replace("STATUS", Some(status_line(status)));
        }
        for (name, text) in [
            ("SUMMARY", edit.summary),
            ("DESCRIPTION", edit.description),
            ("LOCATION", edit.location),
        ] {
            let Some(text) = text else { continue };
            let line = (!text.is_empty()).then(|| format!("{name}:{}", escape(text)));
            let shown = line.as_deref().map(|line| decoded(&Line::new(line)));
            if self.first(name).map(|line| decoded(&line)) != shown {
                self.replace(name, line);
                is_changed = true;
            }
        }
        is_changed |= self.set_guests(edit);
        if is_changed {
            self.stamp(stamp, is_of_matter.then_some(edit.sequence));
        }
        is_changed
    }

    fn set_span(&mut self, Interval { start, end }: Interval) {
        self.replace("DTSTART", Some(format!("DTSTART:{}", format_utc(start))));
        self.replace("DTEND", Some(format!("DTEND:{}", format_utc(end))));
        self.remove("DURATION");
        // Outlook's mark of an all-day event that is written with times.
        self.remove("X-MICROSOFT-CDO-ALLDAYEVENT");
    }

    fn set_guests(&mut self, edit: &Edit<'_>) -> bool {
        let gone: Vec<String> = edit.removed.iter().map(|email| address(email)).collect();
        let length = self.lines.len();
        self.retain(|line| !line.is("ATTENDEE") || !gone.contains(&address(line.value())));
        let is_changed = self.lines.len() != length || !edit.added.is_empty();
        if let Some(organizer) = edit.organizer.as_ref().filter(|_| !edit.added.is_empty())
            && self.first("ORGANIZER").is_none()
        {
            self.insert(organizer_line(organizer));
        }
        edit.added.iter().for_each(|guest| self.insert(attendee_line(guest)));
        is_changed
    }

    /// Marks it as a new version; with a least SEQUENCE, as one that matters to those invited.
    fn stamp(&mut self, stamp: Instant, sequence: Option<i32>) {
        self.replace("DTSTAMP", Some(format!("DTSTAMP:{}", format_utc(stamp))));
        if self.first("LAST-MODIFIED").is_some() {
            self.replace("LAST-MODIFIED", Some(format!("LAST-MODIFIED:{}", format_utc(stamp))));
        }
        if let Some(least) = sequence {
            let current = self.first("SEQUENCE").and_then(|line| line.value().parse::<i32>().ok());
            let next = current.unwrap_or(0).saturating_add(1).max(least);
            self.replace("SEQUENCE", Some(format!("SEQUENCE:{next}")));
        }
    }

    /// Where its own properties are, not those of alarms in it.
    fn own(&self) -> impl Iterator<Item = usize> {
        own_lines(&self.lines)
    }

    fn first(&self, name: &str) -> Option<Line<'_>> {
        self.own().map(|at| Line::new(self.lines[at].as_str())).find(|line| line.is(name))
    }

    /// Puts a line in the place of a property, or removes it.
    fn replace(&mut self, name: &str, line: Option<String>) {
        let place = self.own().find(|at| Line::new(self.lines[*at].as_str()).is(name));
        match (place, line) {
            (Some(at), Some(line)) => {
                // Of several, none must be left that says something else.
                self.lines[at] = String::new();
                self.remove(name);
                self.lines[at] = line;
            }
            (None, Some(line)) => self.insert(line),
            (_, None) => self.remove(name),
        }
    }

    fn remove(&mut self, name: &str) {
        self.retain(|line| !line.is(name));
    }

    fn retain(&mut self, keep: impl Fn(&Line<'_>) -> bool) {
        let own: Vec<usize> = self.own().collect();
        let mut at = 0;
        self.lines.retain(|line| {
            let is_own = own.binary_search(&at).is_ok();
            at += 1;
            !is_own || keep(&Line::new(line.as_str()))
        });
    }

    /// Adds a property before its first inner component.
    fn insert(&mut self, line: String) {
        let end = self.lines.len().saturating_sub(1);
        let inner = self.lines.iter().skip(1).position(|line| Line::new(line.as_str()).is("BEGIN"));
        self.lines.insert(inner.map_or(end, |at| at + 1), line);
    }
}

/// Where the properties of a component are that are not in another one within.
fn own_lines(lines: &[String]) -> impl Iterator<Item = usize> {
    let mut depth = 0_usize;
    let own: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, text)| {
            let line = Line::new(text.as_str());
            if line.is("BEGIN") {
                depth += 1;
            } else if line.is("END") {
                depth = depth.saturating_sub(1);
            } else if depth == 1 {
                return Some(at);
            }
            None
        })
        .collect();
    own.into_iter()
}

/// A property with another name and the same parameters and value.
fn renamed(line: &Line<'_>, name: &str) -> String {
    let rest = &line.text()[line.name().len()..];
    format!("{name}{rest}")
}

fn decoded(line: &Line<'_>) -> String {
    Property::of(line).text().trim().to_owned()
}

/// An interval as it is read after it was written.
fn whole_seconds(Interval { start, end }: Interval) -> Interval {
    const SECOND: i64 = 1_000_000;
    let start = Instant(start.0 - start.0.rem_euclid(SECOND));
    Interval::new(start, Instant(end.0 + (-end.0).rem_euclid(SECOND)))
}
