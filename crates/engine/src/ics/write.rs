//! Writing an iCalendar stream (RFC 5545 section 3.4).

use super::component::{Attendee, Calendar, Component, Person};
use super::conform::{Budget, Recurs, original_start, override_counts};
use super::observances::definition_of;
use crate::Interval;
use crate::event::{Span, Status, Transparency, When};
use crate::rfc5545::{escape, format_date, format_local, format_utc, is_in_range, push_line};
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::{NaiveDateTime, TimeDelta};
use std::collections::{HashMap, HashSet};

/// PRODID (section 3.7.3).
const PRODUCT: &str = "-//calendar_ext//calendar_ext//EN";

/// Writes an iCalendar stream (RFC 5545): CRLF, lines folded at 75 octets, with
/// a VTIMEZONE for every TZID in it.
///
/// No text can add a line or a parameter: control characters are left out, line
/// breaks escaped, and quotes in parameters replaced. Times are written to the
/// second, an end with a fraction of one as the next.
///
/// ```
/// # use calendar_engine::{Interval, event::Span, ics, time::parse_instant};
/// # let at = |text| parse_instant(text).unwrap();
/// let span = Span::Times(Interval::new(at("2026-12-01T15:00:00Z"), at("2026-12-01T15:30:00Z")));
/// let mut viewing = ics::Component::new("1@example.com", at("2026-11-20T09:00:00Z"), span);
/// viewing.summary = Some("Viewing; bring keys".into());
/// let calendar = ics::Calendar { components: vec![viewing], ..Default::default() };
/// let text = ics::write(&calendar);
/// assert!(text.contains("DTSTART:20261201T150000Z\r\n"));
/// assert!(text.contains(r"SUMMARY:Viewing\; bring keys"));
/// ```
pub fn write(calendar: &Calendar) -> String {
    let mut out = String::new();
    push_line(&mut out, "BEGIN:VCALENDAR");
    push_line(&mut out, "VERSION:2.0");
    push_line(&mut out, &format!("PRODID:{PRODUCT}"));
    push_line(&mut out, "CALSCALE:GREGORIAN");
    if let Some(method) = calendar.method {
        push_line(&mut out, &format!("METHOD:{}", method.as_str()));
    }
    if let Some(name) = &calendar.name {
        push_line(&mut out, &format!("NAME:{}", escape(name)));
        push_line(&mut out, &format!("X-WR-CALNAME:{}", escape(name)));
    }
    let mut vevents = String::new();
    let mut timezones = Timezones::default();
    let families = Families::of(&calendar.components, calendar.until);
    for component in calendar.components.iter().filter(|component| families.count(component)) {
        let own_lengths = write_vevent(component, &families, &mut timezones, &mut vevents);
        for interval in own_lengths {
            let own = Component {
                recurrence: None,
                recurrence_id: Some(When::At(interval.start)),
                duration: None,
                span: Span::Times(interval),
                ..component.clone()
            };
            write_vevent(&own, &families, &mut timezones, &mut vevents);
        }
    }
    timezones.write(&mut out);
    out.push_str(&vevents);
    push_line(&mut out, "END:VCALENDAR");
    out
}

/// The components of each UID that others are written by.
struct Families<'c> {
    by_uid: HashMap<&'c str, Family<'c>>,
    /// Overrides that do not count: no reader is to show what is stale.
    stale: HashSet<*const Component>,
    until: Option<Instant>,
    budget: Budget,
}

#[derive(Default)]
struct Family<'c> {
    master: Option<&'c Component>,
    overrides: Vec<&'c Component>,
}

impl<'c> Families<'c> {
    fn of(components: &'c [Component], until: Option<Instant>) -> Self {
        let mut families: HashMap<_, Family<'c>> = HashMap::new();
        for component in components {
            let family = families.entry(component.uid.as_str()).or_default();
            match component.recurrence_id {
                Some(_) => family.overrides.push(component),
                None => family.master = Some(component),
            }
        }
        let mut stale = HashSet::new();
        for Family { master, overrides } in families.values_mut() {
            let counts = override_counts(*master, overrides);
            let without = std::iter::zip(overrides.iter(), counts).filter(|(_, counts)| !counts);
            stale.extend(without.map(|(own, _)| std::ptr::from_ref(*own)));
            overrides.retain(|own| !stale.contains(&std::ptr::from_ref(*own)));
        }
        Self { by_uid: families, stale, until, budget: Budget::new() }
    }

    /// Whether a component is to be written.
    fn count(&self, component: &Component) -> bool {
        !self.stale.contains(&std::ptr::from_ref(component))
    }

    /// RECURRENCE-ID of a component, in the form of its series.
    fn recurrence_id(&self, component: &Component) -> Option<When> {
        let id = component.recurrence_id?;
        let master = self.by_uid.get(component.uid.as_str()).and_then(|family| family.master);
        Some(master.map_or(id, |master| original_start(master, id, &self.budget)))
    }

    fn recurrence(&self, component: &Component) -> Recurs {
        let overrides = self.by_uid.get(component.uid.as_str()).map(|family| &family.overrides[..]);
        Recurs::of(component, overrides.unwrap_or_default(), self.until, &self.budget)
    }
}

/// Returns the occurrences that want a VEVENT of their own.
fn write_vevent(
    component: &Component,
    families: &Families<'_>,
    timezones: &mut Timezones,
    out: &mut String,
) -> Vec<Interval> {
    let mut line = |text: String| push_line(out, &text);
    line("BEGIN:VEVENT".into());
    line(format!("UID:{}", escape(&component.uid)));
    line(format!("DTSTAMP:{}", format_utc(component.stamp)));
    let times = Times::of(component);
    if let Some(id) = families.recurrence_id(component) {
        let range = if component.this_and_future { ";RANGE=THISANDFUTURE" } else { "" };
        let form = match id {
            When::Date(date) => format!(";VALUE=DATE:{}", format_date(date)),
            When::At(instant) => times.form(instant, timezones),
        };
        line(format!("RECURRENCE-ID{range}{form}"));
    }
    match component.span {
        Span::Dates(first, end) => {
            line(format!("DTSTART;VALUE=DATE:{}", format_date(first)));
            line(format!("DTEND;VALUE=DATE:{}", format_date(end)));
        }
        Span::Times(interval) => {
            let interval = times.as_read(interval);
            line(format!("DTSTART{}", times.form(interval.start, timezones)));
            line(match component.duration {
                Some(duration) => format!("DURATION:{duration}"),
                None => format!("DTEND{}", times.form(interval.end, timezones)),
            });
        }
    }
    let recurs = families.recurrence(component);
    for rule in &recurs.rules {
        line(rule.clone());
    }
    for (name, dates) in [("RDATE", &recurs.dates), ("EXDATE", &recurs.exception_dates)] {
        for (parameter, values) in times.lists(dates, timezones) {
            line(format!("{name}{parameter}:{}", values.join(",")));
        }
    }
    if !recurs.periods.is_empty() {
        line(format!("RDATE;VALUE=PERIOD:{}", recurs.periods.join(",")));
    }
    line(format!("SEQUENCE:{}", component.sequence));
    if let Some(instant) = component.last_modified {
        line(format!("LAST-MODIFIED:{}", format_utc(instant)));
    }
    let texts = [
        ("SUMMARY", &component.summary),
        ("DESCRIPTION", &component.description),
        ("LOCATION", &component.location),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            line(format!("{name}:{}", escape(text)));
        }
    }
    if let Some(url) = &component.url {
        line(format!("URL:{}", uri(url)));
    }
    line(status_line(component.status));
    let transparency = match component.transparency {
        Transparency::Opaque => "OPAQUE",
        Transparency::Transparent => "TRANSPARENT",
    };
    line(format!("TRANSP:{transparency}"));
    if let Some(organizer) = &component.organizer {
        line(organizer_line(organizer));
    }
    for attendee in &component.attendees {
        line(attendee_line(attendee));
    }
    for minutes in &component.alarms {
        line("BEGIN:VALARM".into());
        line("ACTION:DISPLAY".into());
        line(format!("DESCRIPTION:{}", escape(component.summary.as_deref().unwrap_or_default())));
        line(format!("TRIGGER:-PT{minutes}M"));
        line("END:VALARM".into());
    }
    line("END:VEVENT".into());
    recurs.own_lengths
}

pub(super) fn status_line(status: Status) -> String {
    let status = match status {
        Status::Confirmed => "CONFIRMED",
        Status::Tentative => "TENTATIVE",
        Status::Cancelled => "CANCELLED",
    };
    format!("STATUS:{status}")
}

pub(super) fn organizer_line(organizer: &Person) -> String {
    let name = common_name(organizer.name.as_deref());
    format!("ORGANIZER{name}:mailto:{}", uri(&organizer.email))
}

pub(super) fn attendee_line(attendee: &Attendee) -> String {
    let name = common_name(attendee.name.as_deref());
    let rsvp = if attendee.rsvp { ";RSVP=TRUE" } else { "" };
    let agent = if attendee.invited_by_client { ";SCHEDULE-AGENT=CLIENT" } else { "" };
    let email = uri(&attendee.email);
    format!("ATTENDEE{name};ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION{rsvp}{agent}:mailto:{email}")
}

/// How a component's times are written.
struct Times<'c> {
    /// The zone in whose local time; `None` for UTC.
    zone: Option<&'c Zone>,
    /// Whether it recurs in this zone, so that it must start at a local time.
    is_master: bool,
}

impl<'c> Times<'c> {
    fn of(component: &'c Component) -> Self {
        let is_master = component.recurrence.is_some();
        let recurs = is_master || component.recurrence_id.is_some();
        let zone = component.timezone.as_ref().filter(|zone| recurs && **zone != Zone::UTC);
        Self { zone, is_master }
    }

    /// Parameters and value. In UTC where the local time occurs twice and means
    /// the other occurrence, or is in a year that cannot be written.
    fn form(&self, instant: Instant, timezones: &mut Timezones) -> String {
        let is_meant =
            |zone: &Zone, local| is_in_range(local) && local_to_instant(zone, local) == instant;
        match self.zone.map(|zone| (zone, zone.instant_to_local(instant))) {
            Some((zone, local)) if is_meant(zone, local) => timezones.local(zone, local, instant),
            _ => format!(":{}", format_utc(instant)),
        }
    }

    /// In whole seconds. What recurs starts at the first occurrence of its local
    /// time, and lasts as long.
    fn as_read(&self, interval: Interval) -> Interval {
        let start = whole_second(interval.start);
        let first = match self.zone {
            Some(zone) if self.is_master => local_to_instant(zone, zone.instant_to_local(start)),
            _ => start,
        };
        let next_second = interval.end + TimeDelta::microseconds(999_999);
        Interval::new(first, whole_second(next_second) + (first - start))
    }

    /// Dates or times as values of one property for each parameter.
    fn lists(&self, dates: &[When], timezones: &mut Timezones) -> Vec<(String, Vec<String>)> {
        let mut lists: Vec<(String, Vec<String>)> = Vec::new();
        for date in dates {
            let form = match date {
                When::Date(date) => format!(";VALUE=DATE:{}", format_date(*date)),
                When::At(instant) => self.form(*instant, timezones),
            };
            let (parameter, value) = form.rsplit_once(':').unwrap_or_default();
            match lists.iter_mut().find(|(own, _)| own == parameter) {
                Some((_, values)) => values.push(value.to_owned()),
                None => lists.push((parameter.to_owned(), vec![value.to_owned()])),
            }
        }
        lists
    }
}

/// The zones for which a VTIMEZONE is needed, each with the earliest time in it.
#[derive(Default)]
struct Timezones(Vec<(String, Zone, Instant)>);

impl Timezones {
    /// A local time as parameter and value.
    fn local(&mut self, zone: &Zone, local: NaiveDateTime, instant: Instant) -> String {
        let tzid = self.add(zone, instant);
        format!(";TZID={tzid}:{}", format_local(local))
    }

    /// Records that a zone is used; returns its TZID.
    fn add(&mut self, zone: &Zone, used_at: Instant) -> String {
        if let Some((tzid, _, since)) = self.0.iter_mut().find(|(_, own, _)| own == zone) {
            *since = used_at.min(*since);
            return tzid.clone();
        }
        let custom = self.0.iter().filter(|(_, own, _)| own.name().is_none()).count();
        let tzid = zone.name().map_or_else(|| format!("Custom-{}", custom + 1), str::to_owned);
        self.0.push((tzid.clone(), zone.clone(), used_at));
        tzid
    }

    fn write(&self, out: &mut String) {
        for (tzid, zone, since) in &self.0 {
            out.push_str(&definition_of(zone, tzid, *since).text());
        }
    }
}

/// The last whole second that is not after.
fn whole_second(instant: Instant) -> Instant {
    Instant(instant.0 - instant.0.rem_euclid(1_000_000))
}

/// CN as a parameter. No parameter value can contain quotes or control characters
/// (section 3.2).
fn common_name(name: Option<&str>) -> String {
    let plain = |name: &str| {
        let plain = name.chars().map(|c| match c {
            '"' => '\'',
            c if c.is_control() => ' ',
            c => c,
        });
        plain.collect::<String>().trim().to_owned()
    };
    match name.map(plain).filter(|name| !name.is_empty()) {
        Some(name) => format!(";CN=\"{name}\""),
        None => String::new(),
    }
}

/// A URI, which cannot contain spaces, control characters or backslashes:
/// some readers take the latter for escapes.
fn uri(text: &str) -> String {
    text.chars().filter(|&c| !c.is_whitespace() && !c.is_control() && c != '\\').collect()
}
