//! A small HTTP server for the providers' notifications of changes, to run behind a reverse
//! proxy that adds TLS.
//!
//! A notification only names a calendar; everything else is asked of the provider. So one that
//! arrives twice does no harm, and one that does not arrive delays what the next pull brings
//! anyway.

mod connections;
mod hooks;
mod key;
mod wake;

pub use key::{InvalidKey, Key};
pub use wake::Wake;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::error_handling::HandleErrorLayer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{BoxError, ServiceBuilder};

/// The largest body that is read. Graph may send many notifications at once.
const MAX_BODY: usize = 1 << 18;

/// How long a body takes at most, and how long an answer. Microsoft counts 3 seconds as too slow.
const TIMEOUT: Duration = Duration::from_millis(2500);

/// Requests that are answered at the same time; requests above this limit are refused, and the
/// provider sends them again later.
const AT_ONCE: usize = 64;

/// How to listen.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where; best on an address that the reverse proxy alone reaches.
    pub listen: SocketAddr,
    /// The key by which GoHighLevel signs.
    pub ghl_key: Key,
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    ghl_key: Key,
}

/// What answers need.
#[derive(Clone)]
struct Shared {
    wake: Arc<dyn Wake>,
    ghl_key: Key,
}

impl Server {
    /// Begins to listen. A client that connects before [`Self::serve`] waits.
    pub async fn bind(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        Ok(Self { listener, ghl_key: settings.ghl_key })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` resolves and the answers that are under way by then have been sent.
    pub async fn serve(self, wake: impl Wake, stop: impl Future<Output = ()> + Send + 'static) {
        let shared = Shared { wake: Arc::new(wake), ghl_key: self.ghl_key };
        connections::serve(self.listener, router(shared), stop).await;
    }
}

fn router(shared: Shared) -> Router {
    let at_once = GlobalConcurrencyLimitLayer::new(AT_ONCE);
    // The limit is that of all routes together; each has its provider's status for "send it
    // again later".
    let bounded = |route: MethodRouter<Shared>, again: StatusCode| {
        let bounds = ServiceBuilder::new()
            .map_response(move |answer: Response| match answer.status() {
                StatusCode::SERVICE_UNAVAILABLE => again.into_response(),
                _ => answer,
            })
            // Too many requests, or too slow.
            .layer(HandleErrorLayer::new(move |_: BoxError| async move { again }))
            .load_shed()
            .layer(at_once.clone())
            .timeout(TIMEOUT);
        // The body comes first: a client that sends it slowly does not count towards the limit.
        route.layer(bounds).layer(from_fn_with_state(again, with_whole_body))
    };
    Router::new()
        .route("/google", bounded(post(hooks::google), StatusCode::SERVICE_UNAVAILABLE))
        .route("/microsoft", bounded(post(hooks::microsoft), StatusCode::SERVICE_UNAVAILABLE))
        // The only answer after which GoHighLevel tries again.
        .route("/ghl", bounded(post(hooks::ghl), StatusCode::TOO_MANY_REQUESTS))
        .with_state(shared)
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
