//! `/health`: how the agent does, without asking anyone.

use crate::health::{Health, Part, State, Status};
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who hears the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everyone.
    Public,
    /// Our own monitoring.
    Internal,
}

#[derive(Debug, Clone)]
struct Asked {
    health: Arc<Health>,
    audience: Audience,
}

/// The routes below `/health`.
pub(super) fn routes(health: Arc<Health>, audience: Audience) -> Router {
    Router::new()
        .route("/health", get(whole))
        .route("/health/ready", get(ready))
        .route("/health/{part}", get(part))
        .with_state(Asked { health, audience })
}

async fn whole(Extract(asked): Extract<Asked>) -> Response {
    let mut answer = asked.answer(asked.health.whole());
    if asked.audience == Audience::Internal {
        let parts: BTreeMap<_, _> =
            Part::ALL.into_iter().map(|part| (part.name(), asked.health.part(part))).collect();
        let whole = asked.health.whole();
        let body = json!({"status": whole.status, "since": whole.since, "problem": whole.problem,
                          "loops": asked.health.loops(), "parts": parts});
        answer = (answer.status(), Json(body)).into_response();
    }
    answer
}

/// Whether it can do its work: the loops turn, and the database takes calls.
async fn ready(Extract(asked): Extract<Asked>) -> Response {
    let (loops, database) = (asked.health.loops(), asked.health.part(Part::Database));
    asked.answer(match (loops.status, database.status) {
        (Status::Ok, Status::Ok) => State { since: loops.since.max(database.since), ..loops },
        (Status::Ok, _) => State { status: Status::Down, ..database },
        _ => loops,
    })
}

async fn part(Extract(asked): Extract<Asked>, Path(name): Path<String>) -> Response {
    match Part::named(&name) {
        Some(part) => asked.answer(asked.health.part(part)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Asked {
    fn answer(&self, mut state: State) -> Response {
        let status = match state.status {
            Status::Ok | Status::Degraded => StatusCode::OK,
            Status::Down => StatusCode::SERVICE_UNAVAILABLE,
        };
        if self.audience == Audience::Public {
            state.problem = None;
        }
        (status, Json(state)).into_response()
    }
}
