//! Webhooks that we send, signed by Standard Webhooks.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::mac::MacKey;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// A webhook.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'a> {
    /// Where it goes.
    pub url: &'a Url,
    /// The same in each attempt, without a dot.
    pub id: &'a str,
    /// What it signs with; several while a secret is replaced.
    pub keys: &'a [MacKey],
    /// The body.
    pub body: &'a str,
}

/// What came of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was received.
    Received,
    /// It may be tried again.
    Later {
        /// Why.
        problem: String,
        /// When, if the receiver said so.
        retry_after: Option<Duration>,
    },
    /// The receiver wants no more of them.
    Gone,
}

/// The body of a webhook. `timestamp` is when it happened, in UTC.
pub fn body(event: &str, timestamp: &str, data: &Value) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(rename = "type")]
        event: &'a str,
        timestamp: &'a str,
        data: &'a Value,
    }
    serde_json::to_string(&Body { event, timestamp, data }).unwrap_or_default()
}

/// The request, signed at `now`, in seconds since 1970.
pub fn request(webhook: &Webhook<'_>, now: i64) -> Option<Request<Vec<u8>>> {
    let Webhook { url, id, keys, body } = webhook;
    Request::builder()
        .method(Method::POST)
        .uri(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", *id)
        .header("webhook-timestamp", now)
        .header("webhook-signature", signatures(keys, id, now, body))
        .body(body.as_bytes().to_vec())
        .ok()
}

/// A signature by each key, separated by spaces.
pub fn signatures(keys: &[MacKey], id: &str, now: i64, body: &str) -> String {
    let signed = format!("{id}.{now}.{body}");
    let one = |key: &MacKey| format!("v1,{}", STANDARD.encode(key.code(signed.as_bytes())));
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Reads the answer. A redirect is not followed: it could lead anywhere.
pub fn answer(status: StatusCode, headers: &HeaderMap) -> Answer {
    let seconds =
        headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    match status {
        status if status.is_success() => Answer::Received,
        StatusCode::GONE => Answer::Gone,
        status => Answer::Later {
            problem: format!("the receiver answered {}", status.as_u16()),
            retry_after: seconds.map(Duration::from_secs),
        },
    }
}
