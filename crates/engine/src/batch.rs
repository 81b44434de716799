//! A batch of provider events, as `apply_sync` takes it.

use crate::error::{cut, quoted};
use crate::event::{Event, Span, Status, Transparency, When};
use crate::ics::custom_zone;
use crate::time::{Instant, parse_date, parse_instant, zone_named};
use crate::{Error, Interval, Result};
use chrono::Days;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// One element of a batch.
#[derive(Debug)]
pub enum Item {
    /// An event that was understood, and what the provider sent for it (JSON).
    Event(Box<Event>, Option<Box<RawValue>>),
    /// One that was not.
    Rejected(Rejected),
}

/// An event that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its id, where it has one.
    pub external_event_id: Option<String>,
    /// What is wrong: names the key, the value and what would be allowed.
    pub reason: String,
}

/// The wire form of an [`Event`]: one element of `events`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Wire<'a> {
    #[serde(borrow)]
    external_event_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    recurrence_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    recurrence_range: Option<Cow<'a, str>>,
    #[serde(borrow)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow)]
    starts_at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    ends_at: Option<Cow<'a, str>>,
    is_all_day: Option<bool>,
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    transparency: Option<Cow<'a, str>>,
    declined: Option<bool>,
    #[serde(borrow)]
    recurrence: Option<Cow<'a, str>>,
    #[serde(borrow)]
    timezone: Option<Cow<'a, str>>,
    #[serde(borrow)]
    vtimezone: Option<Cow<'a, str>>,
    #[serde(borrow)]
    etag: Option<Cow<'a, str>>,
    #[serde(borrow)]
    updated_at: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    booking_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing)]
    raw: Option<&'a RawValue>,
}

const THIS_AND_FUTURE: &str = "THISANDFUTURE";

/// The longest id, in bytes: it must fit into an index.
const MAX_ID: usize = 2000;

/// Reads the `events` array of a batch. A malformed element becomes
/// [`Item::Rejected`]; of several with the same id and recurrence id, the one
/// that was updated last counts, or else the later in the array.
///
/// `tick` is called for each element; where it returns false, the work ends with
/// [`Error::interrupted`].
pub fn parse_events(json: &str, tick: &mut dyn FnMut() -> bool) -> Result<Vec<Item>> {
    let elements: Vec<&RawValue> = serde_json::from_str(json)
        .map_err(|e| Error::invalid(format!("batch: \"events\" must be an array ({e})")))?;
    let mut items: Vec<Item> = Vec::with_capacity(elements.len());
    let mut seen: HashMap<(String, Option<When>), usize> = HashMap::new();
    let mut zones = Zones { tick, checked: HashMap::new() };
    for element in elements {
        let item = parse_event(element.get(), &mut zones)?;
        if let Item::Event(event, _) = &item {
            match seen.entry((event.external_event_id.clone(), event.recurrence_id)) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(items.len());
                }
                std::collections::hash_map::Entry::Occupied(entry) => {
                    let earlier = &mut items[*entry.get()];
                    if !matches!(earlier, Item::Event(e, _) if e.updated_at > event.updated_at) {
                        *earlier = item;
                    }
                    continue;
                }
            }
        }
        items.push(item);
    }
    Ok(items)
}

/// The `events` array of a batch, as JSON.
pub fn write_events(events: &[Event]) -> String {
    let wires: Vec<Wire<'_>> = events.iter().map(Wire::from).collect();
    serde_json::to_string(&wires).unwrap_or_default()
}

fn parse_event(json: &str, zones: &mut Zones<'_>) -> Result<Item> {
    if !(zones.tick)() {
        return Err(Error::interrupted());
    }
    // Serde would also read an array, by position.
    let wire: Wire<'_> = match serde_json::from_str(json) {
        Ok(wire) if json.starts_with('{') => wire,
        _ => return Ok(Item::Rejected(malformed(json))),
    };
    match event(&wire, zones) {
        Ok(event) => Ok(Item::Event(Box::new(event), wire.raw.map(ToOwned::to_owned))),
        Err(error) if error.is_interrupted() => Err(error),
        Err(error) => Ok(Item::Rejected(Rejected {
            external_event_id: wire.external_event_id.map(Cow::into_owned),
            reason: error.to_string(),
        })),
    }
}

/// The VTIMEZONEs of a batch: many elements have the same, which is read once.
struct Zones<'t> {
    tick: &'t mut dyn FnMut() -> bool,
    checked: HashMap<String, Result<()>>,
}

impl Zones<'_> {
    fn check(&mut self, text: &str) -> Result<()> {
        if let Some(verdict) = self.checked.get(text) {
            return verdict.clone();
        }
        let verdict = custom_zone(text, self.tick).map(|_| ());
        self.checked.insert(text.to_owned(), verdict.clone());
        verdict
    }
}

/// An element that does not have the form of an event. It is read once more,
/// member by member, to tell whose it is and what is wrong.
fn malformed(json: &str) -> Rejected {
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) else {
        let reason = format!("an event must be a JSON object, not {}", cut(json));
        return Rejected { external_event_id: None, reason };
    };
    let is_wrong = |(key, value): &(&String, &&RawValue)| {
        let member = std::iter::once((key.as_str(), **value));
        Wire::deserialize(MapDeserializer::<_, serde_json::Error>::new(member)).is_err()
    };
    let reason = match members.iter().find(is_wrong) {
        Some((key, value)) => {
            let is_flag = matches!(key.as_str(), "is_all_day" | "declined");
            let allowed = if is_flag { "true or false" } else { "a string" };
            format!("{key} must be {allowed} or null, not {}", cut(value.get()))
        }
        None => format!("an event must have each key once, unlike {}", cut(json)),
    };
    let id = members.get("external_event_id");
    Rejected { external_event_id: id.and_then(|id| serde_json::from_str(id.get()).ok()), reason }
}

fn event(wire: &Wire<'_>, zones: &mut Zones<'_>) -> Result<Event> {
    let external_event_id = match wire.external_event_id.as_deref() {
        Some(id) if (1..=MAX_ID).contains(&id.len()) => id.to_owned(),
        _ => {
            return Err(Error::invalid(format!("external_event_id must have 1 to {MAX_ID} bytes")));
        }
    };
    let recurrence_id = wire.recurrence_id.as_deref().map(str::parse).transpose()?;
    let recurrence = wire.recurrence.as_deref().filter(|r| !r.trim().is_empty());
    if recurrence.is_some() && recurrence_id.is_some() {
        return Err(Error::invalid("recurrence must be null where recurrence_id is given"));
    }
    if let Some(lines) = recurrence {
        crate::recurrence::Recurrence::parse(lines)?;
    }
    if let Some(text) = wire.vtimezone.as_deref() {
        zones.check(text)?;
    }
    let this_and_future = match wire.recurrence_range.as_deref() {
        None => false,
        Some(THIS_AND_FUTURE) if recurrence_id.is_some() => true,
        Some(other) => {
            return Err(Error::invalid(format!(
                "recurrence_range must be null or, with a recurrence_id, {THIS_AND_FUTURE:?}, \
                 not {}",
                quoted(other)
            )));
        }
    };
    Ok(Event {
        external_event_id,
        recurrence_id,
        this_and_future,
        title: owned(wire.title.as_ref()),
        span: span(wire)?,
        status: status(wire.status.as_deref())?,
        transparency: transparency(wire.transparency.as_deref())?,
        declined: wire.declined.unwrap_or(false),
        recurrence: recurrence.map(str::to_owned),
        timezone: wire.timezone.as_deref().and_then(known_zone),
        vtimezone: owned(wire.vtimezone.as_ref()),
        etag: owned(wire.etag.as_ref()),
        updated_at: wire.updated_at.as_deref().map(|v| instant("updated_at", v)).transpose()?,
        booking_id: owned(wire.booking_id.as_ref()),
    })
}

/// An override is often known by little more than the occurrence it cancels:
/// then it stands where that occurrence stood.
fn span(wire: &Wire<'_>) -> Result<Span> {
    let cancelled = wire.status.as_deref() == Some("cancelled");
    let original = wire.recurrence_id.as_deref().filter(|_| cancelled);
    let Some(start) = wire.starts_at.as_deref().or(original) else {
        return Err(Error::invalid("starts_at must not be null"));
    };
    let end = wire.ends_at.as_deref();
    let is_date = |value: &str| parse_date(value).is_some();
    if wire.is_all_day.unwrap_or_else(|| is_date(start) && end.is_none_or(is_date)) {
        let first = date("starts_at", start)?;
        let end = end.map(|value| date("ends_at", value)).transpose()?;
        // A last date equal to the first is a common way to say "one day".
        let end = match end.filter(|&end| end != first) {
            Some(end) => end,
            None => date("ends_at", &(first + Days::new(1)).to_string())?,
        };
        if end < first {
            return Err(backwards(wire));
        }
        Ok(Span::Dates(first, end))
    } else {
        let start = instant("starts_at", start)?;
        let end = end.map_or(Ok(start), |value| instant("ends_at", value))?;
        if end < start {
            return Err(backwards(wire));
        }
        Ok(Span::Times(Interval::new(start, end)))
    }
}

fn backwards(wire: &Wire<'_>) -> Error {
    Error::invalid(format!(
        "ends_at {} must not be before starts_at {}",
        quoted(wire.ends_at.as_deref().unwrap_or_default()),
        quoted(wire.starts_at.as_deref().unwrap_or_default())
    ))
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

fn date(key: &str, value: &str) -> Result<chrono::NaiveDate> {
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

fn status(value: Option<&str>) -> Result<Status> {
    let Some(name) = value else { return Ok(Status::Confirmed) };
    Status::from_name(name).ok_or_else(|| {
        Error::invalid(format!(
            "status must be confirmed, tentative or cancelled, not {}",
            quoted(name)
        ))
    })
}

fn transparency(value: Option<&str>) -> Result<Transparency> {
    let Some(name) = value else { return Ok(Transparency::Opaque) };
    Transparency::from_name(name).ok_or_else(|| {
        Error::invalid(format!("transparency must be opaque or transparent, not {}", quoted(name)))
    })
}

/// The IANA name of a zone that a provider named in its own way. An unknown one
/// counts as none, that is, as the calendar's: losing the event would be worse.
fn known_zone(name: &str) -> Option<String> {
    zone_named(name)?.name().map(str::to_owned)
}

fn owned(value: Option<&Cow<'_, str>>) -> Option<String> {
    value.map(|text| text.clone().into_owned())
}

impl<'a> From<&'a Event> for Wire<'a> {
    fn from(event: &'a Event) -> Self {
        let text = |value: &'a Option<String>| value.as_deref().map(Cow::Borrowed);
        let (start, end) = match event.span {
            Span::Dates(first, end) => (When::Date(first), When::Date(end)),
            Span::Times(interval) => (When::At(interval.start), When::At(interval.end)),
        };
        Self {
            external_event_id: Some(Cow::Borrowed(&event.external_event_id)),
            recurrence_id: event.recurrence_id.map(|id| Cow::Owned(id.to_string())),
            recurrence_range: event.this_and_future.then_some(Cow::Borrowed(THIS_AND_FUTURE)),
            title: text(&event.title),
            starts_at: Some(Cow::Owned(start.to_string())),
            ends_at: Some(Cow::Owned(end.to_string())),
            is_all_day: Some(event.span.is_all_day()),
            status: Some(Cow::Borrowed(event.status.as_str())),
            transparency: Some(Cow::Borrowed(event.transparency.as_str())),
            declined: Some(event.declined),
            recurrence: text(&event.recurrence),
            timezone: text(&event.timezone),
            vtimezone: text(&event.vtimezone),
            etag: text(&event.etag),
            updated_at: event.updated_at.map(|at| Cow::Owned(When::At(at).to_string())),
            booking_id: text(&event.booking_id),
            raw: None,
        }
    }
}
