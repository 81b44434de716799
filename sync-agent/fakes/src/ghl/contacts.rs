//! Contacts: found by e-mail address, then by telephone number.

use super::answer::Refusal;
use super::state::{LOCATION, State};
use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

pub(super) async fn upsert(
    Shared(state): Shared<State>,
    Json(said): Json<Map<String, Value>>,
) -> Result<Response, Refusal> {
    super::here(said.get("locationId").and_then(Value::as_str))?;
    let keys = ["name", "firstName", "lastName", "email", "phone"];
    let told: Vec<&str> =
        keys.into_iter().filter(|key| said.get(*key).is_some_and(Value::is_string)).collect();
    if told.is_empty() {
        Refusal::if_any(&["one of name, email and phone is required"])?;
    }
    let mut held = state.lock();
    let known = ["email", "phone"].into_iter().find_map(|key| {
        let value = said.get(key)?.as_str()?;
        let same = |contact: &Map<String, Value>| contact.get(key).is_some_and(|v| v == value);
        held.contacts.iter().find(|(_, contact)| same(contact)).map(|(id, _)| id.clone())
    });
    let is_new = known.is_none();
    let id = known.unwrap_or_else(|| held.new_id());
    let contact = held.contacts.entry(id.clone()).or_default();
    for key in told {
        contact.insert(key.into(), said[key].clone());
    }
    contact.insert("id".into(), json!(id));
    contact.insert("locationId".into(), json!(LOCATION));
    let answer = json!({"new": is_new, "contact": contact, "traceId": "none"});
    Ok(Json(answer).into_response())
}
