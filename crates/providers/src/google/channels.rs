//! Channels: `events.watch`, `channels.stop`, and notifications.

use super::{object, request, url, with_json};
use crate::{Channel, Malformed, Watch};
use chrono::{DateTime, TimeDelta};
use engine::time::Instant;
use http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use url::Url;

/// The lifetime that a channel is requested for. Google may grant less.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// Opens a channel. A channel cannot be renewed: a new one replaces it.
pub fn watch(base: &Url, calendar: &str, watch: &Watch) -> Request<Vec<u8>> {
    let ends = (watch.now + LIFETIME).utc().and_utc().timestamp_millis();
    let body = json!({
        "id": watch.id.to_string(),
        "type": "web_hook",
        "address": watch.address.as_str(),
        "token": watch.secret,
        // In JSON, 64-bit integers are strings.
        "expiration": ends.to_string(),
    });
    let url = url(base, &["calendars", calendar, "events", "watch"], &[]);
    with_json(request(Method::POST, &url), &body)
}

/// Reads the answer to [`watch`].
pub fn read_channel(body: &[u8]) -> Result<Channel, Malformed> {
    let channel = object(body, "api#channel")?;
    let text = |key: &str| channel[key].as_str().map(str::to_owned);
    let expiration = match &channel["expiration"] {
        Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    };
    let expires_at = expiration.and_then(DateTime::from_timestamp_millis);
    Ok(Channel {
        id: text("id").ok_or_else(|| Malformed("the channel has no id".into()))?,
        resource_id: text("resourceId"),
        expires_at: expires_at
            .map(|at| Instant::from_utc(at.naive_utc()))
            .ok_or_else(|| Malformed("the channel has no end".into()))?,
    })
}

/// Ends a channel.
pub fn stop(base: &Url, channel: &Channel) -> Request<Vec<u8>> {
    let body = json!({"id": channel.id, "resourceId": channel.resource_id});
    with_json(request(Method::POST, &url(base, &["channels", "stop"], &[])), &body)
}

/// A notification, all of which is in its headers.
#[derive(Clone, Copy)]
pub struct Notification<'a> {
    /// The channel.
    pub channel_id: &'a str,
    /// The secret that was set when the channel was opened.
    pub secret: &'a str,
    /// Whether it only reports that the channel is open. It may arrive before the answer
    /// to [`watch`].
    pub is_sync: bool,
}

impl<'a> Notification<'a> {
    /// Reads the headers of a notification; `None` if the request is not one.
    pub fn read(headers: &'a HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        Some(Self {
            channel_id: text("x-goog-channel-id")?,
            secret: text("x-goog-channel-token")?,
            is_sync: text("x-goog-resource-state")? == "sync",
        })
    }
}
