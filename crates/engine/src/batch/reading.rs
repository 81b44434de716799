//! From the wire form to an event.

use super::wire::{THIS_AND_FUTURE, Wire};
use crate::error::quoted;
use crate::event::{Event, Span, Status, Transparency};
use crate::ics::{custom_zone, fixed_zone_text};
use crate::recurrence::Recurrence;
use crate::rfc5545::Duration;
use crate::time::{Instant, Offsets, Zone, date_start, parse_date, parse_instant, zone_named};
use crate::{Error, Interval, Result};
use chrono::{Days, NaiveDate, TimeDelta};
use std::borrow::Cow;
use std::collections::HashMap;

/// The longest id, in bytes: it must fit into an index.
const MAX_ID: usize = 2000;

/// The most repairs that are recorded of one event.
const MAX_REPAIRS: usize = 10;

/// How long an event with times lasts whose end cannot be understood: as long as
/// calendar programs make a new one.
const OTHERWISE: TimeDelta = TimeDelta::hours(1);

/// The VTIMEZONEs of a batch: many elements have the same, which is read once.
pub(super) struct Zones<'t> {
    pub(super) tick: &'t mut dyn FnMut() -> bool,
    checked: HashMap<String, Result<()>>,
}

impl<'t> Zones<'t> {
    pub(super) fn new(tick: &'t mut dyn FnMut() -> bool) -> Self {
        Self { tick, checked: HashMap::new() }
    }

    fn check(&mut self, text: &str) -> Result<()> {
        if let Some(verdict) = self.checked.get(text) {
            return verdict.clone();
        }
        let verdict = custom_zone(text, self.tick).map(|_| ());
        self.checked.insert(text.to_owned(), verdict.clone());
        verdict
    }
}

/// An event, and how far its start was moved because its end was before it.
///
/// What is wrong, but not needed to know when the event takes place, is left out
/// and is one of [`Event::repairs`]. An error is an element without an id or start.
pub(super) fn event(
    wire: &Wire<'_>,
    repairs: Vec<String>,
    zones: &mut Zones<'_>,
) -> Result<(Event, TimeDelta)> {
    let external_event_id = match wire.external_event_id.as_deref() {
        Some(id) if (1..=MAX_ID).contains(&id.len()) => id.to_owned(),
        _ => {
            return Err(Error::invalid(format!("external_event_id must have 1 to {MAX_ID} bytes")));
        }
    };
    let mut reader = Reader { repairs: wire.repairs.clone().unwrap_or_default() };
    reader.repairs.extend(repairs);
    let status = reader.word(
        wire.status.as_deref(),
        Status::from_name,
        Status::Confirmed,
        || "status must be confirmed, tentative or cancelled",
    );
    let transparency = reader.word(
        wire.transparency.as_deref(),
        Transparency::from_name,
        Transparency::Opaque,
        || "transparency must be opaque or transparent",
    );
    let (span, moved_by) = reader.span(wire, status)?;
    let recurrence_id = match wire.recurrence_id.as_deref().map(str::parse).transpose() {
        Err(error) if status == Status::Cancelled => return Err(error),
        Err(error) => {
            // What it replaces is not known: it takes place beside that.
            reader.note(&error);
            Some(span.start())
        }
        Ok(id) => id,
    };
    let is_override = recurrence_id.is_some();
    let recurrence = reader.recurrence(wire.recurrence.as_deref(), is_override, moved_by)?;
    let this_and_future = match wire.recurrence_range.as_deref() {
        None => false,
        Some(THIS_AND_FUTURE) if is_override => true,
        Some(other) => {
            reader.repairs.push(format!(
                "recurrence_range must be null or, with a recurrence_id, {THIS_AND_FUTURE:?}, \
                 not {}",
                quoted(other)
            ));
            false
        }
    };
    let named = wire.timezone.as_deref().and_then(zone_named);
    let mut vtimezone = wire.vtimezone.as_deref().map(str::to_owned);
    if let Some(text) = &vtimezone
        && let Err(error) = zones.check(text)
    {
        reader.note_unless_interrupted(error)?;
        vtimezone = None;
    }
    if let (Some(zone @ Zone::Custom(_)), None) = (&named, &vtimezone) {
        vtimezone = Some(fixed_zone_text(zone));
    }
    let duration = wire.duration.as_deref().and_then(|text| {
        let duration = Duration::parse(text).filter(|duration| duration.is_positive());
        if duration.is_none() {
            let text = quoted(text);
            reader.repairs.push(format!("duration must be one such as \"P1D\", not {text}"));
        }
        duration
    });
    let updated_at = wire
        .updated_at
        .as_deref()
        .and_then(|value| instant("updated_at", value).map_err(|error| reader.note(&error)).ok());
    reader.repairs.truncate(MAX_REPAIRS);
    let recurs = recurrence.is_some() || this_and_future;
    let event = Event {
        external_event_id,
        recurrence_id,
        this_and_future,
        title: owned(wire.title.as_ref()),
        span,
        status,
        transparency,
        declined: wire.declined.unwrap_or(false),
        duration: duration
            .filter(|own| own.is_nominal() && recurs && !span.is_all_day() && moved_by.is_zero()),
        recurrence,
        // An unknown zone counts as none, that is, as the calendar's: losing the event
        // would be worse.
        timezone: named.and_then(|zone| zone.name()).map(str::to_owned),
        vtimezone,
        etag: owned(wire.etag.as_ref()),
        sequence: wire.sequence.unwrap_or(0).max(0),
        updated_at,
        booking_id: owned(wire.booking_id.as_ref()),
        repairs: reader.repairs,
    };
    Ok((event, moved_by))
}

/// Notes down what was wrong.
struct Reader {
    repairs: Vec<String>,
}

impl Reader {
    fn note(&mut self, error: &Error) {
        self.repairs.push(error.to_string());
    }

    fn note_unless_interrupted(&mut self, error: Error) -> Result<()> {
        if error.is_interrupted() {
            return Err(error);
        }
        self.note(&error);
        Ok(())
    }

    /// One of some words, also in another case.
    fn word<T>(
        &mut self,
        word: Option<&str>,
        from_name: impl Fn(&str) -> Option<T>,
        otherwise: T,
        rule: impl Fn() -> &'static str,
    ) -> T {
        let Some(word) = word else { return otherwise };
        if let Some(known) = from_name(word) {
            return known;
        }
        self.repairs.push(format!("{}, not {}", rule(), quoted(word)));
        from_name(&word.trim().to_lowercase()).unwrap_or(otherwise)
    }

    /// The recurrence lines; where some of them is wrong, what can be understood.
    fn recurrence(
        &mut self,
        lines: Option<&str>,
        is_override: bool,
        moved_by: TimeDelta,
    ) -> Result<Option<String>> {
        let Some(lines) = lines.filter(|lines| !lines.trim().is_empty()) else { return Ok(None) };
        if is_override {
            self.repairs.push("recurrence must be null where recurrence_id is given".into());
            return Ok(None);
        }
        let (recurrence, problems) = Recurrence::read(lines)?;
        let is_same = problems.is_empty() && moved_by.is_zero();
        problems.iter().for_each(|problem| self.note(problem));
        Ok(match (recurrence.is_empty(), is_same) {
            (true, _) => None,
            (false, true) => Some(lines.to_owned()),
            (false, false) => Some(recurrence.moved(moved_by).to_string()),
        })
    }

    /// A cancelled override often contains little more than the occurrence it cancels.
    /// Then it has the time of that occurrence.
    fn span(&mut self, wire: &Wire<'_>, status: Status) -> Result<(Span, TimeDelta)> {
        let cancelled = status == Status::Cancelled;
        let original = wire.recurrence_id.as_deref().filter(|_| cancelled);
        let Some(start) = wire.starts_at.as_deref().or(original) else {
            return Err(Error::invalid("starts_at must not be null"));
        };
        let end = wire.ends_at.as_deref();
        let zone = || wire.timezone.as_deref().and_then(zone_named).unwrap_or(Zone::UTC);
        let has_date = parse_date(start).is_some();
        if wire.is_all_day.unwrap_or(has_date) || has_date {
            let first = date("starts_at", start)?;
            self.dates(first, end)
        } else {
            let start = instant("starts_at", start)?;
            self.times(start, end, &zone(), wire.duration.as_deref())
        }
    }

    fn dates(&mut self, first: NaiveDate, end: Option<&str>) -> Result<(Span, TimeDelta)> {
        let end =
            end.and_then(|value| date("ends_at", value).map_err(|error| self.note(&error)).ok());
        if let Some(end) = end.filter(|&end| end < first) {
            self.exchanged(&first.to_string(), &end.to_string());
            return Ok((Span::Dates(end, first), end - first));
        }
        // A last date equal to the first is a common way to say "one day".
        let end = match end.filter(|&end| end != first) {
            Some(end) => end,
            None => date("ends_at", &(first + Days::new(1)).to_string())?,
        };
        Ok((Span::Dates(first, end), TimeDelta::zero()))
    }

    fn times(
        &mut self,
        start: Instant,
        end: Option<&str>,
        zone: &Zone,
        duration: Option<&str>,
    ) -> Result<(Span, TimeDelta)> {
        let after = duration.and_then(Duration::parse).map(|own| own.after(start, zone));
        let end = match end {
            None => after.unwrap_or(start),
            Some(value) => match (parse_instant(value), parse_date(value)) {
                (Some(end), _) => end,
                (None, Some(date)) => {
                    // The date of the start is the last one, which is meant to be whole.
                    let first = zone.instant_to_local(start).date();
                    date_start(zone, if date == first { date + Days::new(1) } else { date })
                }
                (None, None) => {
                    instant("ends_at", value).map_err(|error| self.note(&error)).ok();
                    after.unwrap_or(start + OTHERWISE)
                }
            },
        };
        if end < start {
            self.exchanged(&start.utc().to_string(), &end.utc().to_string());
            let moved_by = zone.instant_to_local(end) - zone.instant_to_local(start);
            return Ok((Span::Times(Interval::new(end, start)), moved_by));
        }
        Ok((Span::Times(Interval::new(start, end)), TimeDelta::zero()))
    }

    fn exchanged(&mut self, start: &str, end: &str) {
        self.repairs.push(format!(
            "ends_at {} is before starts_at {}: they were exchanged",
            quoted(end),
            quoted(start)
        ));
    }
}

fn instant(key: &str, value: &str) -> Result<Instant> {
    parse_instant(value).ok_or_else(|| {
        Error::invalid(format!(
            "{key} must be an instant such as \"2026-12-01T09:00:00Z\" within years 1 to 9999, \
             not {}",
            quoted(value)
        ))
    })
}

fn date(key: &str, value: &str) -> Result<NaiveDate> {
    // All-day events also come as times at midnight: the date is what counts.
    let date = value.split(['T', ' ']).next();
    date.and_then(parse_date).ok_or_else(|| {
        Error::invalid(format!(
            "{key} of an all-day event must be a date such as \"2026-12-01\" within years 1 to \
             9999, not {}",
            quoted(value)
        ))
    })
}

fn owned(value: Option<&Cow<'_, str>>) -> Option<String> {
    value.map(|text| text.clone().into_owned())
}
