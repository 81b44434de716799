//! Events, and the occurrences of a series.

use super::refusal::Refusal;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The members that a request may set, and their values where it does not.
fn defaults() -> Value {
    json!({
        "subject": "",
        "body": {"contentType": "text", "content": ""},
        "categories": [],
        "attendees": [],
        "importance": "normal",
        "sensitivity": "normal",
        "showAs": "busy",
        "isAllDay": false,
        "isCancelled": false,
        "isOnlineMeeting": false,
        "onlineMeetingProvider": "unknown",
        "isReminderOn": true,
        "reminderMinutesBeforeStart": 15,
        "responseRequested": true,
        "allowNewTimeProposals": true,
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "recurrence": null,
        "transactionId": null,
    })
}

/// A single event, or a series.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) calendar: String,
    /// What requests and users have set.
    pub(super) members: Map<String, Value>,
    /// Extended properties: told only to who searches for them.
    pub(super) properties: BTreeMap<String, String>,
    /// Rises with each change.
    pub(super) version: u64,
    /// Occurrences unlike the rest: what is different about them.
    pub(super) exceptions: BTreeMap<u32, Map<String, Value>>,
    /// Occurrences that were deleted.
    pub(super) deleted: BTreeSet<u32>,
}

/// Half-open.
pub(super) type Times = (NaiveDateTime, NaiveDateTime);

/// The id of an occurrence.
pub(super) fn occurrence_id(series: &str, index: u32) -> String {
    format!("{series}.{index}")
}

/// The series and the index of an occurrence's id.
pub(super) fn series_of(id: &str) -> Option<(&str, u32)> {
    let (series, index) = id.rsplit_once('.')?;
    Some((series, index.parse().ok()?))
}

impl Event {
    pub(super) fn new(calendar: &str, body: Value, version: u64) -> Result<Self, Refusal> {
        let Value::Object(members) = defaults() else { return Err(Refusal::invalid()) };
        let mut event = Self {
            calendar: calendar.to_owned(),
            members,
            properties: BTreeMap::new(),
            version,
            exceptions: BTreeMap::new(),
            deleted: BTreeSet::new(),
        };
        event.set(body)?;
        Ok(event)
    }

    /// Sets members, if an event comes of it.
    pub(super) fn set(&mut self, changes: Value) -> Result<(), Refusal> {
        let Value::Object(mut changes) = changes else { return Err(Refusal::invalid()) };
        let mut changed = self.clone();
        if let Some(Value::Array(properties)) = changes.remove("singleValueExtendedProperties") {
            for property in properties {
                let text = |key: &str| property[key].as_str().map(str::to_owned);
                let (id, value) = text("id").zip(text("value")).ok_or_else(Refusal::invalid)?;
                changed.properties.insert(id, value);
            }
        }
        if changes.contains_key("recurrence") {
            changed.exceptions.clear();
            changed.deleted.clear();
        }
        changed.members.append(&mut changes);
        changed.times()?;
        changed.count()?;
        *self = changed;
        Ok(())
    }

    pub(super) fn is_series(&self) -> bool {
        !self.members["recurrence"].is_null()
    }

    /// When it takes place; of a series, its first occurrence.
    pub(super) fn times(&self) -> Result<Times, Refusal> {
        let start = utc(&self.members, "start")?;
        let end = utc(&self.members, "end")?;
        let is_midnight = |at: NaiveDateTime| at.time() == chrono::NaiveTime::MIN;
        let is_all_day = self.members["isAllDay"] == true;
        if end < start || is_all_day && !(is_midnight(start) && is_midnight(end) && start < end) {
            return Err(Refusal::new(400, "ErrorPropertyValidationFailure"));
        }
        Ok((start, end))
    }

    /// How often a series takes place. It knows daily series alone, and no zones: its
    /// occurrences are days apart.
    fn count(&self) -> Result<u32, Refusal> {
        let recurrence = &self.members["recurrence"];
        if recurrence.is_null() {
            return Ok(1);
        }
        let (pattern, range) = (&recurrence["pattern"], &recurrence["range"]);
        let is_known = pattern["type"] == "daily" && pattern["interval"] == 1;
        match (is_known, range["type"].as_str()) {
            (true, Some("numbered")) => range["numberOfOccurrences"].as_u64(),
            (true, Some("endDate")) => {
                let date = |key: &str| range[key].as_str()?.parse::<NaiveDate>().ok();
                date("startDate")
                    .zip(date("endDate"))
                    .and_then(|(first, last)| u64::try_from((last - first).num_days() + 1).ok())
            }
            (true, Some("noEnd")) => Some(3650),
            _ => None,
        }
        .and_then(|count| u32::try_from(count).ok())
        .filter(|count| (1..=3650).contains(count))
        .ok_or_else(|| Refusal::new(400, "ErrorRecurrenceNotKnownToStandIn"))
    }

    /// The indexes of the occurrences that take place within a window, in order; of a
    /// single event, 0.
    pub(super) fn within(&self, window: Times) -> Vec<u32> {
        let (Ok(count), Ok(_)) = (self.count(), self.times()) else { return Vec::new() };
        (0..count)
            .filter(|index| !self.deleted.contains(index))
            .filter(|&index| {
                self.occurrence_times(index).is_some_and(|times| overlap(times, window))
            })
            .collect()
    }

    fn occurrence_times(&self, index: u32) -> Option<Times> {
        if let Some(exception) = self.exceptions.get(&index) {
            let of = |key: &str| utc(exception, key).ok();
            if let Some(times) = of("start").zip(of("end")) {
                return Some(times);
            }
        }
        let (start, end) = self.times().ok()?;
        let days = TimeDelta::days(index.into());
        Some((start + days, end + days))
    }

    /// Makes an occurrence unlike the rest.
    pub(super) fn except(&mut self, index: u32, changes: Value) -> Result<(), Refusal> {
        let (start, end) = self.occurrence_times(index).ok_or_else(Refusal::not_found)?;
        let Value::Object(mut changes) = changes else { return Err(Refusal::invalid()) };
        let exception = self.exceptions.entry(index).or_default();
        exception.entry("start").or_insert_with(|| point(start));
        exception.entry("end").or_insert_with(|| point(end));
        exception.append(&mut changes);
        Ok(())
    }

    pub(super) fn has_occurrence(&self, index: u32) -> bool {
        self.is_series()
            && !self.deleted.contains(&index)
            && self.count().is_ok_and(|count| index < count)
    }

    /// As the API gives it.
    pub(super) fn json(&self, id: &str, now: &str) -> Value {
        let mut all = self.members.clone();
        let kind = if self.is_series() { "seriesMaster" } else { "singleInstance" };
        all.insert("type".into(), kind.into());
        all.insert("seriesMasterId".into(), Value::Null);
        self.finish(all, id, now)
    }

    /// An occurrence: whole, or as the stub that a delta makes of it.
    pub(super) fn occurrence(&self, series: &str, index: u32, stub: bool, now: &str) -> Value {
        let id = occurrence_id(series, index);
        let (start, end) = self.occurrence_times(index).unwrap_or_default();
        let exception = self.exceptions.get(&index);
        if stub && exception.is_none() {
            return json!({
                "@odata.type": "#microsoft.graph.event",
                "@odata.etag": self.etag(),
                "id": id, "type": "occurrence", "seriesMasterId": series,
                "start": point(start), "end": point(end),
            });
        }
        let mut all = self.members.clone();
        let kind = if exception.is_some() { "exception" } else { "occurrence" };
        all.insert("type".into(), kind.into());
        all.insert("seriesMasterId".into(), series.into());
        all.insert("recurrence".into(), Value::Null);
        all.extend(exception.cloned().unwrap_or_default());
        all.insert("start".into(), point(start));
        all.insert("end".into(), point(end));
        if let Ok((first, _)) = self.times() {
            let original = first + TimeDelta::days(index.into());
            all.insert("originalStart".into(), original.format("%FT%TZ").to_string().into());
        }
        self.finish(all, &id, now)
    }

    pub(super) fn etag(&self) -> String {
        format!("W/\"{:08x}\"", self.version)
    }

    fn finish(&self, mut all: Map<String, Value>, id: &str, now: &str) -> Value {
        for key in ["start", "end"] {
            if let Ok(at) = utc(&all, key) {
                all.insert(key.into(), point(at));
            }
        }
        let Value::Object(rest) = json!({
            "@odata.etag": self.etag(),
            "id": id,
            "changeKey": format!("{:08x}", self.version),
            "createdDateTime": "2026-11-20T00:00:00Z",
            "lastModifiedDateTime": now,
            "iCalUId": format!("040000008200E00074C5B7101A82E008{id}"),
            "originalStartTimeZone": "UTC",
            "originalEndTimeZone": "UTC",
            "isOrganizer": true,
            "hasAttachments": false,
            "bodyPreview": "",
            "webLink": format!("https://outlook.office365.com/owa/?itemid={id}"),
            "organizer": {"emailAddress": {"name": "Max Muster", "address": "max@example.com"}},
        }) else {
            return Value::Null;
        };
        all.extend(rest);
        all.into()
    }
}

/// A `dateTimeTimeZone`, with seven digits as Graph writes it.
fn point(at: NaiveDateTime) -> Value {
    json!({"dateTime": format!("{}0", at.format("%FT%T%.6f")), "timeZone": "UTC"})
}

fn utc(members: &Map<String, Value>, key: &str) -> Result<NaiveDateTime, Refusal> {
    let point = members.get(key).ok_or_else(Refusal::invalid)?;
    if point["timeZone"] != "UTC" {
        return Err(Refusal::new(400, "TimeZoneNotSupportedException"));
    }
    let text = point["dateTime"].as_str().unwrap_or_default();
    let text = text.strip_suffix('Z').unwrap_or(text);
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .map_err(|_| Refusal::new(400, "ErrorInvalidArgument"))
}

pub(super) fn overlap(times: Times, window: Times) -> bool {
    times.0 < window.1 && (times.1 > window.0 || times.0 == times.1 && times.0 == window.0)
}
