//! `/metrics`, for our own monitoring: what the agent counts and measures, without asking anyone.

use crate::health::Health;
use crate::metrics::MEDIA_TYPE;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;

/// The route.
pub(super) fn routes(health: Arc<Health>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(health)
}

async fn metrics(State(health): State<Arc<Health>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], health.metrics().text())
}
