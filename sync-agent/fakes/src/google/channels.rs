//! Channels, and the notifications sent through them.

use super::answer::{Answer, Refusal, parse};
use super::state::{Channel, Shared};
use crate::notify::post;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Calendars that Google itself keeps, such as those of holidays, have no channels.
const PUBLIC: &str = "@group.v.calendar.google.com";

impl Channel {
    fn resource_id(&self) -> String {
        format!("resource-of-{}", self.calendar)
    }

    /// Sends a message; gives the status of the answer, 0 = there is none.
    async fn send(&self, state: &str) -> u16 {
        let headers = vec![
            ("X-Goog-Channel-ID", self.id.clone()),
            ("X-Goog-Channel-Token", self.token.clone()),
            ("X-Goog-Channel-Expiration", self.expiration.clone()),
            ("X-Goog-Message-Number", self.messages.to_string()),
            ("X-Goog-Resource-ID", self.resource_id()),
            ("X-Goog-Resource-State", state.to_owned()),
            (
                "X-Goog-Resource-URI",
                format!(
                    "https://www.googleapis.com/calendar/v3/calendars/{}/events",
                    self.calendar
                ),
            ),
        ];
        post(self.address.clone(), headers, String::new()).await.map_or(0, |answer| answer.status)
    }
}

pub(super) async fn watch(
    State(shared): State<Shared>,
    Path(calendar): Path<String>,
    body: Bytes,
) -> Answer {
    let channel = open(&shared, calendar, &parse(&body)?)?;
    // It comes before the answer.
    channel.send("sync").await;
    let answer = json!({
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id(),
        "resourceUri": format!("https://www.googleapis.com/calendar/v3/calendars/{}/events?alt=json", channel.calendar),
        "token": channel.token,
        "expiration": channel.expiration,
    });
    shared.lock().channels.push(channel);
    Ok(Json(answer))
}

fn open(shared: &Shared, calendar: String, body: &Value) -> Result<Channel, Refusal> {
    let bad = |reason| Refusal::new(StatusCode::BAD_REQUEST, reason, "Bad Request");
    let text = |key: &str, most: usize| {
        body[key].as_str().filter(|text| !text.is_empty() && text.len() <= most)
    };
    if !matches!(body["type"].as_str(), Some("web_hook" | "webhook")) {
        return Err(bad("channelUnknownType"));
    }
    if calendar.ends_with(PUBLIC) {
        return Err(bad("pushNotSupportedForRequestedResource"));
    }
    let mut state = shared.lock();
    let told = state.calendar(&calendar)?.changes;
    let id = text("id", 64).ok_or_else(|| bad("channelIdInvalid"))?;
    if state.channels.iter().any(|channel| channel.id == id) {
        return Err(bad("channelIdNotUnique"));
    }
    Ok(Channel {
        id: id.to_owned(),
        address: text("address", 2048).ok_or_else(|| bad("required"))?.to_owned(),
        token: text("token", 256).ok_or_else(|| bad("invalid"))?.to_owned(),
        expiration: text("expiration", 20).ok_or_else(|| bad("invalid"))?.to_owned(),
        calendar,
        messages: 1,
        told,
    })
}

pub(super) async fn stop(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Refusal> {
    let body = parse(&body)?;
    let channels = &mut shared.lock().channels;
    let is_meant = |c: &Channel| body["id"] == c.id && body["resourceId"] == c.resource_id();
    let index = channels.iter().position(is_meant).ok_or_else(Refusal::not_found)?;
    channels.remove(index);
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a notification through each channel whose calendar has changed; gives the
/// statuses of the answers.
pub(super) async fn notify(shared: &Shared) -> Vec<u16> {
    let mut due = Vec::new();
    {
        let mut state = shared.lock();
        let mut channels = std::mem::take(&mut state.channels);
        for channel in &mut channels {
            let changes = state.calendar(&channel.calendar).map_or(0, |c| c.changes);
            if changes > channel.told {
                channel.told = changes;
                channel.messages += 1;
                due.push(channel.clone());
            }
        }
        state.channels = channels;
    }
    let mut statuses = Vec::with_capacity(due.len());
    for channel in due {
        statuses.push(channel.send("exists").await);
    }
    statuses
}
