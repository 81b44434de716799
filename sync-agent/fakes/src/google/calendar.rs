//! A calendar: its events, and every change to them in order.

use super::answer::Refusal;
use super::event::{self, Instance};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A calendar.
#[derive(Debug)]
pub struct Calendar {
    /// Its id.
    pub id: String,
    /// Its name.
    pub summary: String,
    /// Its zone.
    pub zone: Tz,
    /// What its owner may do: `owner`, `writer`, `reader`, …
    pub access_role: String,
    /// Whether it is the account's main one.
    pub is_primary: bool,
    /// Whether its events can have Google Meet links.
    pub allows_meet: bool,
    pub(super) events: BTreeMap<String, Stored>,
    /// Changes so far; the last one's number is an event's etag.
    pub(super) changes: u64,
    /// Tokens of earlier generations are expired.
    pub(super) generation: u64,
}

/// An event.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) event: Value,
    /// The number of its last change.
    pub(super) changed: u64,
}

/// The time of the first change; each is a second later than the one before.
const EPOCH: &str = "2026-11-01T00:00:00Z";

impl Calendar {
    /// An empty calendar of the account's own, in a zone (IANA).
    pub fn new(id: &str, zone: Tz) -> Self {
        Self {
            id: id.to_owned(),
            summary: id.to_owned(),
            zone,
            access_role: "owner".to_owned(),
            is_primary: false,
            allows_meet: true,
            events: BTreeMap::new(),
            changes: 0,
            generation: 0,
        }
    }

    pub(super) fn is_writable(&self) -> bool {
        matches!(self.access_role.as_str(), "writerWithoutPrivateAccess" | "writer" | "owner")
    }

    pub(super) fn is_readable(&self) -> bool {
        self.is_writable() || self.access_role == "reader"
    }

    /// Its entry in the list of calendars.
    pub(super) fn entry(&self) -> Value {
        let types = if self.allows_meet { vec!["hangoutsMeet"] } else { Vec::new() };
        let mut entry = json!({
            "kind": "calendar#calendarListEntry",
            "etag": format!("\"{}\"", self.generation),
            "id": self.id,
            "summary": self.summary,
            "timeZone": self.zone.name(),
            "colorId": "14",
            "backgroundColor": "#9fe1e7",
            "foregroundColor": "#000000",
            "selected": true,
            "accessRole": self.access_role,
            "defaultReminders": [],
            "conferenceProperties": {"allowedConferenceSolutionTypes": types},
        });
        if self.is_primary {
            entry["primary"] = true.into();
        }
        entry
    }

    /// An event, deleted or not; an occurrence of a series where the id names one.
    pub(super) fn get(&self, id: &str) -> Result<Value, Refusal> {
        if let Some(stored) = self.events.get(id) {
            return Ok(stored.event.clone());
        }
        let instance = Instance::parse(id).ok_or_else(Refusal::not_found)?;
        match self.events.get(instance.master) {
            Some(master) if master.event["recurrence"].is_array() => Ok(instance.of(&master.event)),
            _ => Err(Refusal::not_found()),
        }
    }

    /// Adds an event.
    pub(super) fn insert(&mut self, body: &Value) -> Result<Value, Refusal> {
        let id = match body.get("id") {
            None => format!("ev{:06}", self.changes),
            Some(id) => {
                let id = id.as_str().filter(|id| event::is_valid_id(id));
                id.ok_or_else(|| Refusal::invalid("Invalid resource id value."))?.to_owned()
            }
        };
        if self.events.contains_key(&id) {
            return Err(Refusal::duplicate());
        }
        let me = json!({"email": self.id, "self": true});
        let mut event = json!({
            "kind": "calendar#event",
            "id": id,
            "status": "confirmed",
            "htmlLink": format!("https://www.google.com/calendar/event?eid={id}"),
            "created": self.time(self.changes + 1),
            "creator": me,
            "organizer": me,
            "iCalUID": format!("{id}@google.com"),
            "sequence": 0,
            "reminders": {"useDefault": true},
            "eventType": "default",
        });
        for (key, value) in body.as_object().into_iter().flatten() {
            if key == "iCalUID" || !event::is_read_only(key) {
                event[key] = value.clone();
            }
        }
        self.store(event)
    }

    /// Merges changes into an event (PATCH), or replaces it by them (PUT).
    pub(super) fn change(
        &mut self,
        id: &str,
        changes: &Value,
        replace: bool,
    ) -> Result<Value, Refusal> {
        let before = self.get(id)?;
        let mut event = before.clone();
        if replace {
            let keeps = |key: &str| event::is_read_only(key);
            event.as_object_mut().into_iter().for_each(|event| event.retain(|key, _| keeps(key)));
            event["status"] = "confirmed".into();
        }
        for (key, change) in changes.as_object().into_iter().flatten() {
            if !event::is_read_only(key) {
                event::merge(&mut event[key], change);
            }
        }
        event.as_object_mut().into_iter().for_each(|event| event.retain(|_, v| !v.is_null()));
        if event["start"] != before["start"] || event["end"] != before["end"] {
            event["sequence"] = (before["sequence"].as_u64().unwrap_or(0) + 1).into();
        }
        self.store(event)
    }

    /// Deletes an event, with its exceptions.
    pub(super) fn delete(&mut self, id: &str) -> Result<Value, Refusal> {
        let mut event = self.get(id)?;
        if event["status"] == "cancelled" {
            return Err(Refusal::deleted());
        }
        event["status"] = "cancelled".into();
        self.events.retain(|_, stored| stored.event["recurringEventId"] != id);
        self.store(event)
    }

    /// Gives an event away: here it is deleted from now on.
    pub(super) fn give(&mut self, id: &str) -> Result<Value, Refusal> {
        let event = self.get(id)?;
        self.delete(id)?;
        Ok(event)
    }

    /// Keeps an event in its present state, as the newest change.
    pub(super) fn store(&mut self, mut event: Value) -> Result<Value, Refusal> {
        event::check(&mut event, self.zone)?;
        self.changes += 1;
        event["etag"] = format!("\"{}\"", self.changes).into();
        event["updated"] = self.time(self.changes).into();
        let id = event["id"].as_str().unwrap_or_default().to_owned();
        let stored = Stored { event: event.clone(), changed: self.changes };
        self.events.insert(id, stored);
        Ok(event)
    }

    fn time(&self, change: u64) -> String {
        let epoch: DateTime<Utc> = EPOCH.parse().unwrap_or_default();
        let seconds = TimeDelta::seconds(change.try_into().unwrap_or(0));
        (epoch + seconds).to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// The events that a list names, in the order of their ids.
    pub(super) fn list<'a>(
        &'a self,
        wanted: &'a Wanted,
    ) -> impl Iterator<Item = (&'a str, Value)> + 'a {
        self.events.iter().filter(|(_, stored)| self.is_wanted(stored, wanted)).map(
            |(id, stored)| {
                let is_cancelled = stored.event["status"] == "cancelled";
                let event = if is_cancelled { rest(&stored.event) } else { stored.event.clone() };
                (id.as_str(), event)
            },
        )
    }

    fn is_wanted(&self, stored: &Stored, wanted: &Wanted) -> bool {
        let Wanted::InWindow { from, until, deleted } = wanted else {
            return matches!(wanted, Wanted::ChangedAfter(change) if stored.changed > *change);
        };
        let event = &stored.event;
        // A cancelled occurrence of a living series is always told.
        if event["status"] == "cancelled" && event["recurringEventId"].is_null() && !deleted {
            return false;
        }
        let (start, end) = event::times(event, self.zone);
        let repeats = event["recurrence"].is_array();
        until.is_none_or(|until| start < until) && from.is_none_or(|from| repeats || end > from)
    }

    /// Events that are not deleted.
    pub(super) fn living(&self) -> impl Iterator<Item = &Value> {
        self.events.values().map(|stored| &stored.event).filter(|e| e["status"] != "cancelled")
    }
}

/// Which events to list.
#[derive(Debug)]
pub(super) enum Wanted {
    /// Those changed after a change.
    ChangedAfter(u64),
    /// Those that take place within bounds.
    InWindow { from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>, deleted: bool },
}

/// What a list tells of a cancelled event.
fn rest(event: &Value) -> Value {
    let keys = ["kind", "etag", "id", "status", "recurringEventId", "originalStartTime"];
    let kept = keys.iter().filter_map(|&key| Some((key.to_owned(), event.get(key)?.clone())));
    Value::Object(kept.collect::<Map<_, _>>())
}
