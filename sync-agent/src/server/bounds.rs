//! Bounds on requests: on their number, their size and their time.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::error_handling::HandleErrorLayer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use std::time::Duration;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{BoxError, ServiceBuilder};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// The largest body that is read. Graph may send many notifications at once.
pub(super) const MAX_BODY: usize = 1 << 18;

/// How long a body takes at most, and how long an answer to a provider. Microsoft counts 3 seconds
/// as too slow.
const TIMEOUT: Duration = Duration::from_millis(2500);

/// How long a page takes at most: a provider is asked for the calendars of an account.
const PAGE_TIMEOUT: Duration = Duration::from_secs(90);

/// The largest form.
const MAX_FORM: usize = 1 << 16;

/// Requests that are answered at the same time; requests above this limit are refused.
const AT_ONCE: usize = 64;

/// The limit that several routes share.
#[derive(Debug, Clone)]
pub(super) struct Bounds(GlobalConcurrencyLimitLayer);

impl Bounds {
    pub(super) fn new() -> Self {
        Self(GlobalConcurrencyLimitLayer::new(AT_ONCE))
    }

    /// A route that answers within seconds. `again` is the status that means "send it again later".
    pub(super) fn quick<S: Clone + Send + Sync + 'static>(
        &self,
        route: MethodRouter<S>,
        again: StatusCode,
    ) -> MethodRouter<S> {
        let bounds = ServiceBuilder::new()
            .map_response(move |answer: Response| match answer.status() {
                StatusCode::SERVICE_UNAVAILABLE => again.into_response(),
                _ => answer,
            })
            // Too many requests, or too slow.
            .layer(HandleErrorLayer::new(move |_: BoxError| async move { again }))
            .load_shed()
            .layer(self.0.clone())
            .timeout(TIMEOUT);
        // The body comes first: a client that sends it slowly does not count towards the limit.
        route.layer(bounds).layer(from_fn_with_state(again, with_whole_body))
    }

    /// Pages, for which a provider may be asked.
    pub(super) fn pages<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        let again = StatusCode::SERVICE_UNAVAILABLE;
        let bounds = ServiceBuilder::new()
            .layer(HandleErrorLayer::new(move |_: BoxError| async move { again }))
            .load_shed()
            .layer(GlobalConcurrencyLimitLayer::new(AT_ONCE));
        routes
            .layer(bounds)
            .layer(RequestBodyLimitLayer::new(MAX_FORM))
            .layer(TimeoutLayer::with_status_code(again, PAGE_TIMEOUT))
    }
}

async fn with_whole_body(
    State(again): State<StatusCode>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let body = match tokio::time::timeout(TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        // Longer than MAX_BODY, or broken off: then no client reads the answer.
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return again.into_response(),
    };
    next.run(Request::from_parts(head, Body::from(body))).await
}
