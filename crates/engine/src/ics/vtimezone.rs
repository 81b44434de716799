//! VTIMEZONE: a zone that a calendar brings along (RFC 5545 section 3.6.5).

use super::property::Property;
use crate::error::quoted;
use crate::event::Span;
use crate::recurrence::{Master, Recurrence, Series};
use crate::rfc5545::{
    Line, Lines, Moment, escape, format_local, format_offset, parse_offset, push_line,
};
use crate::time::{CustomZone, Instant, Offsets, Zone};
use crate::{Error, Interval, Result};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::fmt::Write as _;
use std::ops::Range;

/// A rule is followed from this year on: Outlook's begin in 1601.
const FIRST_YEAR: i32 = 1900;

/// A rule without an end is followed up to this year.
pub(super) const LAST_YEAR: i32 = 2100;

/// More changes of offset than any zone has had; what is beyond is an attack.
const MAX_CHANGES: usize = 5_000;

/// More rules than any zone has had.
const MAX_RULES: usize = 250;

/// The zone that a VTIMEZONE defines (RFC 5545 section 3.6.5): for the text in
/// [`crate::event::Event::vtimezone`].
///
/// Rules are followed from the year 1900 up to 2100. Before the first
/// observance, the offset is the one that it changes from. The error names the
/// property that is missing or wrong.
///
/// `tick` is called regularly; where it returns false, the work ends with
/// [`Error::interrupted`].
pub fn custom_zone(vtimezone_text: &str, tick: &mut dyn FnMut() -> bool) -> Result<CustomZone> {
    let lines: Vec<_> = Lines::new(vtimezone_text).map(Line::new).collect();
    Definition::parse(lines.iter())?.zone(tick)
}

/// What a VTIMEZONE says.
#[derive(Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) tzid: String,
    /// X-LIC-LOCATION, in which some programs write the IANA name.
    pub(super) location: Option<String>,
    pub(super) observances: Vec<Observance>,
}

/// A STANDARD or DAYLIGHT part.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Observance {
    pub(super) is_daylight: bool,
    /// DTSTART, by the clock before the change.
    pub(super) onset: NaiveDateTime,
    pub(super) offset_from: i32,
    pub(super) offset_to: i32,
    pub(super) rules: Vec<String>,
    pub(super) dates: Vec<NaiveDateTime>,
}

impl Definition {
    /// Reads the lines of one VTIMEZONE.
    pub(super) fn parse<'l>(lines: impl Iterator<Item = &'l Line<'l>>) -> Result<Self> {
        let mut definition = Self { tzid: String::new(), location: None, observances: Vec::new() };
        let mut part: Option<Part> = None;
        for line in lines {
            match line.name().to_ascii_uppercase().as_str() {
                "BEGIN" => part = Part::begin(line.value()),
                "END" => {
                    if let Some(part) = part.take() {
                        definition.observances.push(part.end()?);
                    }
                }
                "TZID" if part.is_none() => {
                    definition.tzid = Property::of(line).text().trim().to_owned()
                }
                "X-LIC-LOCATION" if part.is_none() => {
                    definition.location = Some(Property::of(line).text().trim().to_owned());
                }
                name => {
                    if let Some(part) = &mut part {
                        part.read(name, line)?;
                    }
                }
            }
        }
        let observances = &mut definition.observances;
        observances.sort_by_key(|observance| observance.onset);
        if observances.is_empty() {
            return Err(definition.wrong("no STANDARD or DAYLIGHT part"));
        }
        if observances.iter().map(|observance| observance.rules.len()).sum::<usize>() > MAX_RULES {
            return Err(definition.wrong(&format!("more than {MAX_RULES} rules")));
        }
        Ok(definition)
    }

    fn wrong(&self, what: &str) -> Error {
        Error::invalid(format!("VTIMEZONE {} has {what}", quoted(&self.tzid)))
    }

    /// The zone defined.
    pub(super) fn zone(&self, tick: &mut dyn FnMut() -> bool) -> Result<CustomZone> {
        self.zone_within(FIRST_YEAR..LAST_YEAR + 1, tick)
    }

    /// The zone defined, of whose changes by rules only those of some years are known.
    pub(super) fn zone_within(
        &self,
        years: Range<i32>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<CustomZone> {
        let mut changes = Vec::new();
        for observance in &self.observances {
            for onset in observance.onsets(years.clone(), tick)? {
                let instant = Instant::from_utc(onset)
                    + TimeDelta::seconds(-i64::from(observance.offset_from));
                changes.push((instant, observance.offset_to));
            }
            if changes.len() > MAX_CHANGES {
                return Err(self.wrong(&format!("more than {MAX_CHANGES} changes")));
            }
        }
        let first = self.observances.first().map_or(0, |observance| observance.offset_from);
        Ok(CustomZone::new(first, changes))
    }

    /// Whether it only lists changes of a zone, one by one: some programs write
    /// those around an event, and mean the zone before and after them, too.
    pub(super) fn is_excerpt_of(&self, zone: &Zone) -> bool {
        let has_rules = self.observances.iter().any(|observance| !observance.rules.is_empty());
        let mut changes = 0;
        !has_rules
            && self.observances.iter().all(|observance| {
                std::iter::once(&observance.onset).chain(&observance.dates).all(|onset| {
                    let before = TimeDelta::seconds(-i64::from(observance.offset_from));
                    let at = Instant::from_utc(*onset) + before;
                    changes += usize::from(observance.offset_from != observance.offset_to);
                    zone.offset_at(at) == observance.offset_to
                        && zone.offset_at(at + TimeDelta::seconds(-1)) == observance.offset_from
                })
            })
            && changes >= 2
    }

    /// When its first observance begins.
    pub(super) fn first_onset(&self) -> Option<NaiveDateTime> {
        self.observances.first().map(|observance| observance.onset)
    }

    /// The one offset that it always has, if it has one.
    pub(super) fn only_offset(&self) -> Option<i32> {
        let mut offsets =
            self.observances.iter().flat_map(|part| [part.offset_from, part.offset_to]);
        let first = offsets.next()?;
        offsets.all(|offset| offset == first).then_some(first)
    }

    /// A VTIMEZONE with what matters of this one, and nothing else.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        push_line(&mut out, "BEGIN:VTIMEZONE");
        push_line(&mut out, &format!("TZID:{}", escape(&self.tzid)));
        if let Some(location) = &self.location {
            push_line(&mut out, &format!("X-LIC-LOCATION:{}", escape(location)));
        }
        for observance in &self.observances {
            observance.write(&mut out);
        }
        push_line(&mut out, "END:VTIMEZONE");
        out
    }
}

impl Observance {
    /// When it begins, each time by the clock before.
    fn onsets(
        &self,
        years: Range<i32>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<NaiveDateTime>> {
        let mut onsets = vec![self.onset];
        onsets.extend(&self.dates);
        if !self.rules.is_empty() {
            let rules = self.rules.iter().map(|rule| self.with_wall_clock_until(rule));
            let start = Instant::from_utc(self.onset);
            let new_year = |year| {
                let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
                Instant::from_utc(date.and_time(NaiveTime::MIN))
            };
            // The clock on the wall has no zone; UTC stands for that.
            let series = Series {
                master: Some(Master {
                    recurrence: Some(Recurrence::parse(&rules.collect::<Vec<_>>().join("\n"))?),
                    ..Master::new((), Span::Times(Interval::new(start, start)))
                }),
                overrides: Vec::new(),
                zone: &Zone::UTC,
                calendar_zone: &Zone::UTC,
            };
            let range = Interval::new(new_year(years.start), new_year(years.end));
            let occurrences = series.occurrences(range, tick)?;
            onsets.extend(occurrences.iter().map(|occurrence| occurrence.interval.start.utc()));
        }
        onsets.sort_unstable();
        onsets.dedup();
        Ok(onsets)
    }

    /// UNTIL is in UTC (section 3.6.5); the rule is followed by the clock
    /// before each change.
    fn with_wall_clock_until(&self, rule: &str) -> String {
        let parts = rule.split(';').map(|part| {
            let until = part
                .trim()
                .split_once('=')
                .filter(|(name, _)| name.trim().eq_ignore_ascii_case("UNTIL"));
            match until.and_then(|(_, value)| Moment::parse(value)) {
                Some(Moment::Utc(until)) => {
                    let by_clock =
                        Instant::from_utc(until) + TimeDelta::seconds(i64::from(self.offset_from));
                    format!("UNTIL={}", format_local(by_clock.utc()))
                }
                _ => part.to_owned(),
            }
        });
        format!("RRULE:{}", parts.collect::<Vec<_>>().join(";"))
    }

    fn write(&self, out: &mut String) {
        let kind = if self.is_daylight { "DAYLIGHT" } else { "STANDARD" };
        push_line(out, &format!("BEGIN:{kind}"));
        push_line(out, &format!("DTSTART:{}", format_local(self.onset)));
        push_line(out, &format!("TZOFFSETFROM:{}", format_offset(self.offset_from)));
        push_line(out, &format!("TZOFFSETTO:{}", format_offset(self.offset_to)));
        for rule in &self.rules {
            push_line(out, &format!("RRULE:{rule}"));
        }
        if !self.dates.is_empty() {
            let mut line = String::from("RDATE:");
            for (index, &date) in self.dates.iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                let _ = write!(line, "{comma}{}", format_local(date));
            }
            push_line(out, &line);
        }
        push_line(out, &format!("END:{kind}"));
    }
}

/// An [`Observance`] of which not all has been read.
#[derive(Default)]
struct Part {
    is_daylight: bool,
    onset: Option<NaiveDateTime>,
    offset_from: Option<i32>,
    offset_to: Option<i32>,
    rules: Vec<String>,
    dates: Vec<NaiveDateTime>,
}

impl Part {
    fn begin(component: &str) -> Option<Self> {
        let is_daylight = component.eq_ignore_ascii_case("DAYLIGHT");
        let known = is_daylight || component.eq_ignore_ascii_case("STANDARD");
        known.then(|| Self { is_daylight, ..Self::default() })
    }

    fn read(&mut self, name: &str, line: &Line<'_>) -> Result<()> {
        let wrong = || Error::invalid(format!("VTIMEZONE: {} is not allowed", line.shown()));
        let by_clock = |text: &str| match Moment::parse(text) {
            Some(Moment::Date(date)) => date.and_hms_opt(0, 0, 0).ok_or_else(wrong),
            Some(Moment::Local(time) | Moment::Utc(time)) => Ok(time),
            None => Err(wrong()),
        };
        match name {
            "DTSTART" => self.onset = Some(by_clock(line.value())?),
            "TZOFFSETFROM" => {
                self.offset_from = Some(parse_offset(line.value()).ok_or_else(wrong)?);
            }
            "TZOFFSETTO" => self.offset_to = Some(parse_offset(line.value()).ok_or_else(wrong)?),
            "RRULE" => {
                // Clocks change once or twice a year; a finer rule is an attack.
                let is_yearly = line
                    .value()
                    .split(';')
                    .any(|part| part.trim().eq_ignore_ascii_case("FREQ=YEARLY"));
                if !is_yearly {
                    return Err(wrong());
                }
                self.rules.push(line.value().to_owned());
            }
            "RDATE" => {
                for item in line.value().split(',').filter(|item| !item.trim().is_empty()) {
                    // Of a PERIOD, only the start means anything here.
                    self.dates.push(by_clock(item.split('/').next().unwrap_or(item))?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(self) -> Result<Observance> {
        let missing = |name| Error::invalid(format!("VTIMEZONE: an observance has no {name}"));
        Ok(Observance {
            is_daylight: self.is_daylight,
            onset: self.onset.ok_or_else(|| missing("DTSTART"))?,
            offset_from: self.offset_from.ok_or_else(|| missing("TZOFFSETFROM"))?,
            offset_to: self.offset_to.ok_or_else(|| missing("TZOFFSETTO"))?,
            rules: self.rules,
            dates: self.dates,
        })
    }
}
