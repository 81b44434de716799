//! Errors in Graph's form.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fmt;

/// Why a request is not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "ErrorItemNotFound")
    }

    pub(super) fn invalid() -> Self {
        Self::new(400, "ErrorInvalidRequest")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let inner = json!({
            "Date": "2026-11-20T09:00:00Z",
            "request-id": "8c1f3f6e-55a5-4a0b-8a4e-000000000000",
            "client-request-id": "8c1f3f6e-55a5-4a0b-8a4e-000000000000",
        });
        let message = format!("The stand-in says {}.", self.code);
        let body = json!({"error": {"code": self.code, "message": message, "innererror": inner}});
        (self.status, Json(body)).into_response()
    }
}
