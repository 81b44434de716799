//! Answers that say no.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal in the form of the dated versions.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    message: Value,
}

impl Refusal {
    /// `message` is text, or a list of texts.
    pub(super) fn new(status: u16, message: impl Into<Value>) -> Self {
        Self { status, message: message.into() }
    }

    /// 422 with a list of what is wrong, if anything is.
    pub(super) fn if_any(wrong: &[&str]) -> Result<(), Self> {
        if wrong.is_empty() { Ok(()) } else { Err(Self::new(422, wrong.to_vec())) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "statusCode": status.as_u16(),
            "message": self.message,
            "error": status.canonical_reason(),
        });
        (status, Json(body)).into_response()
    }
}

/// A refusal in the form of the dated versions. `message` is text, or a list of texts.
pub fn refusal(status: u16, message: impl Into<Value>) -> Response {
    Refusal::new(status, message).into_response()
}

/// Too many requests: in the last ten seconds, or in the day where none is left for it.
/// Retry-After is not among the headers.
pub fn throttled(left_today: u32) -> Response {
    let headers = [
        ("X-RateLimit-Limit-Daily", "200000".to_owned()),
        ("X-RateLimit-Daily-Remaining", left_today.to_string()),
        ("X-RateLimit-Interval-Milliseconds", "10000".to_owned()),
        ("X-RateLimit-Max", "100".to_owned()),
        ("X-RateLimit-Remaining", "0".to_owned()),
    ];
    (headers, refusal(429, "Too Many Requests")).into_response()
}
