//! What the stand-in holds.

use super::Time;
use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The location.
pub const LOCATION: &str = "0007BWpSzSwfiuSl0tR2";

/// The calendar of [`USER`] alone.
pub const CALENDAR: &str = "BqTwX8QFwXzpegMve9EQ";

/// A calendar that [`USER`] and [`OTHER_USER`] share.
pub const ROUND_ROBIN: &str = "CVokAlI8fgw4WYWoCtQz";

/// A user.
pub const USER: &str = "YlWd2wuCAZQzh2cH1fVZ";

/// Another.
pub const OTHER_USER: &str = "0TkCdp9PfvLeWKYRRvIz";

/// The state, shared by all requests.
#[derive(Debug, Clone, Default)]
pub(super) struct State(Arc<Mutex<Held>>);

impl State {
    pub(super) fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that is held.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) events: BTreeMap<String, Event>,
    pub(super) contacts: BTreeMap<String, Map<String, Value>>,
    pub(super) tokens: Tokens,
    /// Whether lists still show what was deleted.
    pub(super) lists_deleted: bool,
    /// Changes so far.
    count: u32,
}

/// Codes and tokens that are good.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) private: BTreeSet<String>,
    pub(super) access: BTreeSet<String>,
    pub(super) refresh: BTreeSet<String>,
    pub(super) codes: BTreeSet<String>,
}

/// An appointment, one occurrence of a series of them, or a blocked slot.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) is_blocked_slot: bool,
    pub(super) is_deleted: bool,
    pub(super) time: Time,
    /// All other members.
    pub(super) members: Map<String, Value>,
}

impl Held {
    /// A new id, as long as theirs.
    pub(super) fn new_id(&mut self) -> String {
        self.count += 1;
        format!("{:0>20}", self.count)
    }

    /// A new authorization code.
    pub(super) fn new_code(&mut self) -> String {
        let code = self.new_id();
        self.tokens.codes.insert(code.clone());
        code
    }

    /// When a change is made: each is a second after the last.
    pub(super) fn now(&mut self) -> String {
        self.count += 1;
        let start = DateTime::from_timestamp(1_795_168_800, 0).unwrap_or_default();
        let now = start + TimeDelta::seconds(self.count.into());
        now.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Keeps a new event under its id.
    pub(super) fn insert(&mut self, mut event: Event) -> Event {
        let now = self.now();
        event.members.insert("dateAdded".into(), json!(now));
        event.members.insert("dateUpdated".into(), json!(now));
        self.events.insert(event.id().to_owned(), event.clone());
        event
    }

    /// Changes an event that is there.
    pub(super) fn change(&mut self, id: &str, change: impl FnOnce(&mut Event)) -> Option<Event> {
        let now = self.now();
        let event = self.events.get_mut(id).filter(|event| !event.is_deleted)?;
        change(event);
        event.members.insert("dateUpdated".into(), json!(now));
        Some(event.clone())
    }

    /// Deletes an event, or all occurrences of a series. Whether there was one.
    pub(super) fn delete(&mut self, id: &str) -> bool {
        let mut any = false;
        for event in self.events.values_mut() {
            let is_meant = event.id() == id || event.text("masterEventId") == Some(id);
            if is_meant && !event.is_deleted {
                event.is_deleted = true;
                any = true;
            }
        }
        any
    }

    /// Whether a user has something in a time.
    pub(super) fn is_occupied(&self, user: Option<&str>, calendar: &str, time: Time) -> bool {
        self.events.values().any(|event| {
            let is_theirs = event.text("calendarId") == Some(calendar)
                || user.is_some_and(|user| event.text("assignedUserId") == Some(user));
            is_theirs && event.takes_time() && event.overlaps(time)
        })
    }
}

impl Event {
    pub(super) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.members.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn overlaps(&self, (start, end): Time) -> bool {
        self.time.0 < end && start < self.time.1
    }

    fn takes_time(&self) -> bool {
        let status = self.text("appointmentStatus");
        !self.is_deleted && !matches!(status, Some("cancelled" | "noshow" | "invalid"))
    }

    /// As lists show it.
    pub(super) fn listed(&self) -> Value {
        let mut all = self.members.clone();
        let keys =
            ["title", "calendarId", "contactId", "groupId", "appointmentStatus", "assignedUserId"];
        for key in keys {
            all.entry(key).or_insert_with(|| json!(""));
        }
        all.insert("locationId".into(), json!(LOCATION));
        all.entry("users").or_insert_with(|| json!([]));
        all.insert("startTime".into(), json!(iso(self.time.0)));
        all.insert("endTime".into(), json!(iso(self.time.1)));
        if self.is_deleted {
            all.insert("deleted".into(), json!(true));
        }
        Value::Object(all)
    }

    /// As the answer to a write shows it: without when it was added and changed.
    pub(super) fn written(&self) -> Value {
        let mut all = self.listed();
        if let Some(all) = all.as_object_mut() {
            for key in ["dateAdded", "dateUpdated", "description", "users", "groupId"] {
                all.remove(key);
            }
        }
        all
    }
}

/// A calendar.
pub(super) fn calendar(id: &str) -> Option<Value> {
    let (name, kind, users) = match id {
        CALENDAR => ("Discovery calls", "personal", vec![USER]),
        ROUND_ROBIN => ("Any of us", "round_robin", vec![USER, OTHER_USER]),
        _ => return None,
    };
    let member = |user: &str| json!({"userId": user, "priority": 0.5, "isPrimary": false, "locationConfigurations": []});
    Some(json!({
        "id": id, "name": name, "locationId": LOCATION, "calendarType": kind, "isActive": true,
        "teamMembers": users.into_iter().map(member).collect::<Vec<_>>(),
        "eventType": "RoundRobin_OptimizeForAvailability",
        "slotDuration": 30, "slotDurationUnit": "mins", "slotInterval": 30,
        "appoinmentPerSlot": 1, "openHours": [], "availabilities": [],
    }))
}

/// The users of a calendar.
pub(super) fn users(calendar: &Value) -> Vec<&str> {
    let members = calendar["teamMembers"].as_array();
    members.into_iter().flatten().filter_map(|member| member["userId"].as_str()).collect()
}

pub(super) fn iso(at: DateTime<FixedOffset>) -> String {
    // The location's zone, in winter.
    let zone = FixedOffset::west_opt(5 * 3600).unwrap_or_else(|| *at.offset());
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, true)
}
