//! Lists of events: pages, sync tokens, and what may be asked for.

use super::answer::{Answer, Refusal, select};
use super::calendar::{Calendar, Wanted};
use super::state::Knobs;
use axum::Json;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is asked, by name.
pub(super) type Parameters = BTreeMap<String, String>;

/// What the stand-in understands; Google understands more.
const KNOWN: [&str; 13] = [
    "alt",
    "fields",
    "maxAttendees",
    "maxResults",
    "pageToken",
    "prettyPrint",
    "privateExtendedProperty",
    "showDeleted",
    "singleEvents",
    "syncToken",
    "timeMax",
    "timeMin",
    "showHiddenInvitations",
];

/// What must be the same with a sync token as without.
const CONSTANT: [&str; 3] = ["maxAttendees", "showHiddenInvitations", "singleEvents"];

/// Where changes start.
#[derive(Debug, Serialize, Deserialize)]
struct SyncToken {
    generation: u64,
    changes: u64,
    asked: Parameters,
}

/// Where a page starts.
#[derive(Debug, Serialize, Deserialize)]
struct PageToken {
    generation: u64,
    /// The changes when the first page was asked for: the next sync starts there.
    changes: u64,
    /// The id of the last event so far.
    after: String,
    /// Whether the page before was an empty one.
    after_empty: bool,
    asked: Parameters,
}

/// `GET /calendars/{calendarId}/events`.
pub(super) fn list(calendar: &Calendar, asked: &Parameters, knobs: Knobs) -> Answer {
    if !calendar.is_readable() {
        return Err(Refusal::not_found());
    }
    if let Some(other) = asked.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(Refusal::invalid(&format!("The stand-in does not know {other}")));
    }
    if asked.get("singleEvents").is_some_and(|single| single != "false") {
        return Err(Refusal::invalid("The stand-in does not expand series"));
    }
    let wanted = wanted(calendar, asked)?;
    let page = page_token(calendar, asked)?;
    let most = number(asked, "maxResults")?.unwrap_or(250);
    let size = most.clamp(1, 2500).min(knobs.page_size.unwrap_or(usize::MAX));
    let after = page.as_ref().map_or("", |page| &page.after);
    let is_empty = knobs.empty_pages && !page.as_ref().is_some_and(|page| page.after_empty);

    let rest = calendar.list(&wanted).filter(|(id, _)| after.is_empty() || *id > after);
    let rest = rest.filter(|(_, event)| has_property(event, asked));
    let mut items: Vec<(&str, Value)> = rest.take(if is_empty { 0 } else { size + 1 }).collect();
    let has_more = is_empty || items.len() > size;
    items.truncate(size);
    let after = items.last().map_or(after, |(id, _)| *id).to_owned();
    let changes = page.map_or(calendar.changes, |page| page.changes);
    let most_attendees = number(asked, "maxAttendees")?;
    let items: Vec<Value> =
        items.into_iter().map(|(_, event)| with_attendees(event, most_attendees)).collect();
    let mut answer = json!({
        "kind": "calendar#events",
        "etag": format!("\"p{}\"", calendar.changes),
        "summary": calendar.summary,
        "updated": "2026-11-01T00:00:00.000Z",
        "timeZone": calendar.zone.name(),
        "accessRole": calendar.access_role,
        "defaultReminders": [],
        "items": items,
    });
    let generation = calendar.generation;
    if has_more {
        let asked = without_page(asked);
        let next = PageToken { generation, changes, after, after_empty: is_empty, asked };
        answer["nextPageToken"] = encode(&next).into();
    } else {
        let asked = constant(asked);
        answer["nextSyncToken"] = encode(&SyncToken { generation, changes, asked }).into();
    }
    partial(answer, asked)
}

/// The parts of an answer that were asked for.
pub(super) fn partial(answer: Value, asked: &Parameters) -> Answer {
    match asked.get("fields") {
        None => Ok(Json(answer)),
        Some(fields) => select(&answer, fields)
            .map(Json)
            .ok_or_else(|| Refusal::invalid(&format!("Invalid field selection {fields}"))),
    }
}

fn wanted(calendar: &Calendar, asked: &Parameters) -> Result<Wanted, Refusal> {
    let Some(token) = asked.get("syncToken") else {
        let from = bound(asked, "timeMin")?;
        let until = bound(asked, "timeMax")?;
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            return Err(Refusal::invalid("The specified time range is empty."));
        }
        let deleted = asked.get("showDeleted").is_some_and(|deleted| deleted == "true");
        return Ok(Wanted::InWindow { from, until, deleted });
    };
    let is_forbidden = |key: &str| asked.contains_key(key);
    if ["timeMin", "timeMax", "privateExtendedProperty"].into_iter().any(is_forbidden)
        || asked.get("showDeleted").is_some_and(|deleted| deleted == "false")
    {
        let message = "Sync token cannot be combined with other query restrictions.";
        return Err(Refusal::invalid(message));
    }
    let token: SyncToken =
        decode(token).ok_or_else(|| Refusal::invalid("Invalid sync token value."))?;
    if token.generation != calendar.generation {
        return Err(Refusal::full_sync_required());
    }
    if token.asked != constant(asked) {
        return Err(Refusal::invalid("Sync token is used with other parameters than before."));
    }
    Ok(Wanted::ChangedAfter(token.changes))
}

fn page_token(calendar: &Calendar, asked: &Parameters) -> Result<Option<PageToken>, Refusal> {
    let Some(token) = asked.get("pageToken") else { return Ok(None) };
    let token: PageToken =
        decode(token).ok_or_else(|| Refusal::invalid("Invalid page token value."))?;
    if token.asked != without_page(asked) {
        return Err(Refusal::invalid("Page token is used with other parameters than before."));
    }
    if token.generation != calendar.generation {
        return Err(Refusal::full_sync_required());
    }
    Ok(Some(token))
}

/// Whether an event has the private property that is asked for, as `key=value`.
fn has_property(event: &Value, asked: &Parameters) -> bool {
    let Some(wanted) = asked.get("privateExtendedProperty") else { return true };
    wanted
        .split_once('=')
        .is_some_and(|(key, value)| event["extendedProperties"]["private"][key] == value)
}

/// Of more attendees than wanted, only the calendar's owner is told.
fn with_attendees(mut event: Value, most: Option<usize>) -> Value {
    let attendees = event.get_mut("attendees").and_then(Value::as_array_mut);
    if let (Some(attendees), Some(most)) = (attendees, most)
        && attendees.len() > most
    {
        attendees.retain(|attendee| attendee["self"] == true);
        event["attendeesOmitted"] = true.into();
    }
    event
}

fn constant(asked: &Parameters) -> Parameters {
    let kept = asked.iter().filter(|(key, _)| CONSTANT.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn without_page(asked: &Parameters) -> Parameters {
    let mut asked = asked.clone();
    asked.remove("pageToken");
    asked
}

fn bound(asked: &Parameters, key: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(time) = asked.get(key) else { return Ok(None) };
    let time = DateTime::parse_from_rfc3339(time).map_err(|_| Refusal::invalid("Bad Request"))?;
    Ok(Some(time.to_utc()))
}

pub(super) fn number(asked: &Parameters, key: &str) -> Result<Option<usize>, Refusal> {
    let number = asked.get(key).map(|number| number.parse());
    let refusal = |_| Refusal::invalid(&format!("Invalid integer value for {key}"));
    number.transpose().map_err(refusal)
}

fn encode(token: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(token).unwrap_or_default())
}

fn decode<T: DeserializeOwned>(token: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}
