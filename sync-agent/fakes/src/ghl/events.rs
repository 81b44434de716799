//! Calendars, appointments and blocked slots.

use super::answer::Refusal;
use super::here;
use super::state::{CALENDAR, Event, Held, ROUND_ROBIN, State, calendar, users};
use axum::Json;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Answer = Result<Response, Refusal>;
type Said = Json<Map<String, Value>>;
type Asked = Query<BTreeMap<String, String>>;

/// What an appointment may say of itself.
const SAID: [&str; 6] =
    ["title", "description", "address", "appointmentStatus", "assignedUserId", "calendarId"];

/// What an appointment's status may be made.
const STATUSES: [&str; 6] = ["new", "confirmed", "cancelled", "showed", "noshow", "invalid"];

pub(super) async fn calendars(Query(asked): Asked) -> Answer {
    here(asked.get("locationId").map(String::as_str))?;
    let all: Vec<Value> = [CALENDAR, ROUND_ROBIN].into_iter().filter_map(calendar).collect();
    Ok(Json(json!({"calendars": all, "traceId": "none"})).into_response())
}

pub(super) async fn one_calendar(Path(id): Path<String>) -> Answer {
    let calendar = calendar(&id).ok_or_else(|| Refusal::new(404, "The calendar was not found"))?;
    Ok(Json(json!({"calendar": calendar, "traceId": "none"})).into_response())
}

pub(super) async fn appointments(Shared(state): Shared<State>, asked: Asked) -> Answer {
    list(&state.lock(), &asked, false)
}

pub(super) async fn blocked_slots(Shared(state): Shared<State>, asked: Asked) -> Answer {
    list(&state.lock(), &asked, true)
}

fn list(held: &Held, asked: &BTreeMap<String, String>, is_blocked_slot: bool) -> Answer {
    let text = |key: &str| asked.get(key).map(String::as_str);
    here(text("locationId"))?;
    let at = |key| {
        let milliseconds = text(key)?.parse().ok()?;
        DateTime::<Utc>::from_timestamp_millis(milliseconds).map(|at| at.fixed_offset())
    };
    let (start, end) = (at("startTime"), at("endTime"));
    let whose = [("calendarId", text("calendarId")), ("assignedUserId", text("userId"))];
    let whose: Vec<(&str, &str)> =
        whose.into_iter().filter_map(|(key, id)| Some((key, id?))).collect();
    let mut wrong = Vec::new();
    if start.is_none() {
        wrong.push("startTime must be in milliseconds");
    }
    if end.is_none() {
        wrong.push("endTime must be in milliseconds");
    }
    if whose.is_empty() {
        wrong.push("Either of userId, groupId or calendarId is required");
    }
    Refusal::if_any(&wrong)?;
    let time = (start.unwrap_or_default(), end.unwrap_or_default());
    let events: Vec<Value> = held
        .events
        .values()
        .filter(|event| event.is_blocked_slot == is_blocked_slot && event.overlaps(time))
        .filter(|event| held.lists_deleted || !event.is_deleted)
        .filter(|event| whose.iter().all(|(key, id)| event.text(key) == Some(id)))
        .map(Event::listed)
        .collect();
    Ok(Json(json!({"events": events, "traceId": "none"})).into_response())
}

pub(super) async fn appointment(Shared(state): Shared<State>, Path(id): Path<String>) -> Answer {
    let held = state.lock();
    let event = held.events.get(&id).filter(|event| !event.is_deleted);
    let event = event.ok_or_else(not_found)?;
    Ok(Json(json!({"event": event.listed(), "traceId": "none"})).into_response())
}

pub(super) async fn create(Shared(state): Shared<State>, Json(said): Said) -> Answer {
    let mut held = state.lock();
    let mut wrong = wrong_members(&said);
    for (key, message) in [
        ("calendarId", "calendarId should not be empty"),
        ("locationId", "locationId should not be empty"),
        ("contactId", "contactId should not be empty"),
        ("startTime", "startTime should not be empty"),
    ] {
        if text(&said, key).is_none() {
            wrong.push(message);
        }
    }
    Refusal::if_any(&wrong)?;
    here(text(&said, "locationId"))?;
    let calendar_id = text(&said, "calendarId").unwrap_or_default();
    let calendar = calendar(calendar_id).ok_or_else(|| Refusal::new(400, "Calendar not found"))?;
    if !text(&said, "contactId").is_some_and(|id| held.contacts.contains_key(id)) {
        return Err(Refusal::new(400, "Contact not found"));
    }
    let users = users(&calendar);
    let user = match (text(&said, "assignedUserId"), users.as_slice()) {
        (Some(user), users) if users.contains(&user) => user,
        (None, [only]) => only,
        _ => return Err(Refusal::new(422, "A team member needs to be selected")),
    };
    let start = time(&said, "startTime").unwrap_or_default();
    let end = time(&said, "endTime").unwrap_or_else(|| start + TimeDelta::minutes(30));
    let ignores = said.get("ignoreFreeSlotValidation").and_then(Value::as_bool) == Some(true);
    if !ignores && held.is_occupied(Some(user), calendar_id, (start, end)) {
        return Err(Refusal::new(400, "The slot you have selected is no longer available."));
    }
    let mut members = Map::new();
    for key in SAID.into_iter().chain(["contactId"]) {
        if let Some(value) = said.get(key) {
            members.insert(key.into(), value.clone());
        }
    }
    members.insert("id".into(), json!(held.new_id()));
    members.insert("assignedUserId".into(), json!(user));
    members.entry("appointmentStatus").or_insert_with(|| json!("confirmed"));
    members.insert("createdBy".into(), json!({"source": "third_party"}));
    let event = Event { is_blocked_slot: false, is_deleted: false, time: (start, end), members };
    Ok(Json(held.insert(event).written()).into_response())
}

pub(super) async fn update(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    Json(said): Said,
) -> Answer {
    Refusal::if_any(&wrong_members(&said))?;
    let changed = state.lock().change(&id, |event| apply(event, &said));
    Ok(Json(changed.ok_or_else(not_found)?.written()).into_response())
}

pub(super) async fn block(Shared(state): Shared<State>, Json(said): Said) -> Answer {
    here(text(&said, "locationId"))?;
    if text(&said, "calendarId").is_some() == text(&said, "assignedUserId").is_some() {
        Refusal::if_any(&["Either calendarId or assignedUserId can be set, not both"])?;
    }
    let (Some(start), Some(end)) = (time(&said, "startTime"), time(&said, "endTime")) else {
        return Err(Refusal::new(
            422,
            vec!["startTime and endTime must be a valid ISO 8601 date string"],
        ));
    };
    let mut held = state.lock();
    let mut members: Map<String, Value> = ["title", "calendarId", "assignedUserId"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), said.get(key)?.clone())))
        .collect();
    members.insert("id".into(), json!(held.new_id()));
    let event = Event { is_blocked_slot: true, is_deleted: false, time: (start, end), members };
    Ok((StatusCode::CREATED, Json(held.insert(event).written())).into_response())
}

pub(super) async fn update_block(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    Json(said): Said,
) -> Answer {
    let changed = state.lock().change(&id, |event| apply(event, &said));
    let changed = changed.ok_or_else(not_found)?;
    Ok((StatusCode::CREATED, Json(changed.written())).into_response())
}

pub(super) async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Answer {
    if !state.lock().delete(&id) {
        return Err(not_found());
    }
    Ok((StatusCode::CREATED, Json(json!({"succeeded": true}))).into_response())
}

/// Changes what is said, and nothing else.
pub(super) fn apply(event: &mut Event, said: &Map<String, Value>) {
    for key in SAID {
        if let Some(value) = said.get(key) {
            event.members.insert(key.into(), value.clone());
        }
    }
    let lasts = event.time.1 - event.time.0;
    if let Some(start) = time(said, "startTime") {
        event.time = (start, start + lasts);
    }
    if let Some(end) = time(said, "endTime") {
        event.time.1 = end;
    }
}

fn wrong_members(said: &Map<String, Value>) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    for (key, message) in [
        ("startTime", "startTime must be a valid ISO 8601 date string"),
        ("endTime", "endTime must be a valid ISO 8601 date string"),
    ] {
        if said.contains_key(key) && time(said, key).is_none() {
            wrong.push(message);
        }
    }
    if said.get("appointmentStatus").is_some_and(|s| !STATUSES.iter().any(|known| s == known)) {
        wrong.push("appointmentStatus must be a valid enum value");
    }
    wrong
}

fn text<'a>(said: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    said.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn time(said: &Map<String, Value>, key: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text(said, key)?).ok()
}

fn not_found() -> Refusal {
    Refusal::new(404, "The event was not found")
}
