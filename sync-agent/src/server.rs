//! Hears from providers that calendars have changed: a small HTTP server, to stand
//! behind a reverse proxy that speaks TLS.
//!
//! A notification says nothing but which calendar; all else is asked of the provider.
//! So one that is heard twice does no harm, and one that is not heard delays what the
//! next pull brings anyway.

mod hooks;
mod key;
mod waker;

pub use key::{Key, NoKey};
pub use waker::Waker;

use crate::database;
use async_trait::async_trait;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// The largest body that is read. Graph may send many notifications at once.
const MAX_BODY: usize = 1 << 18;

/// How long an answer takes at most. Microsoft counts 3 seconds as too slow.
const TIMEOUT: Duration = Duration::from_millis(2500);

/// Requests that are answered at a time; who comes above that is asked to come again.
const AT_ONCE: usize = 64;

/// How to listen.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where; best on an address that the reverse proxy alone reaches.
    pub listen: SocketAddr,
    /// The key by which GoHighLevel signs.
    pub ghl_key: Key,
}

/// What becomes of a notification.
#[async_trait]
pub trait Wake: Send + Sync + 'static {
    /// [`database::Database::wake_calendar`].
    async fn wake_calendar(
        &self,
        channel_id: &str,
        secret: &str,
        renew: bool,
    ) -> database::Result<bool>;

    /// [`database::Database::wake_provider_calendar`].
    async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> database::Result<bool>;
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
    /// Begins to listen; whoever comes before [`Self::serve`] waits.
    pub async fn bind(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        Ok(Self { listener, ghl_key: settings.ghl_key })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until it is dropped.
    pub async fn serve(self, wake: impl Wake) -> Infallible {
        let shared = Shared { wake: Arc::new(wake), ghl_key: self.ghl_key };
        let _ = axum::serve(self.listener, router(shared)).await;
        // It goes on whatever fails.
        std::future::pending().await
    }
}

fn router(shared: Shared) -> Router {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let bounded = |route: MethodRouter<Shared>, again: StatusCode| {
        let bounds = Bounds { permits: Arc::clone(&permits), again };
        route.layer(from_fn_with_state(bounds, within))
    };
    Router::new()
        .route("/google", bounded(post(hooks::google), StatusCode::SERVICE_UNAVAILABLE))
        .route("/microsoft", bounded(post(hooks::microsoft), StatusCode::SERVICE_UNAVAILABLE))
        // The only answer after which GoHighLevel tries again.
        .route("/ghl", bounded(post(hooks::ghl), StatusCode::TOO_MANY_REQUESTS))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared)
}

/// Bounds on time and number.
#[derive(Clone)]
struct Bounds {
    permits: Arc<Semaphore>,
    /// What tells the provider to try again later.
    again: StatusCode,
}

async fn within(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let Ok(_permit) = bounds.permits.try_acquire() else { return bounds.again.into_response() };
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(answer) if answer.status() == StatusCode::SERVICE_UNAVAILABLE => {
            bounds.again.into_response()
        }
        Ok(answer) => answer,
        Err(_) => bounds.again.into_response(),
    }
}
