//! What `run` serves, behind a reverse proxy that adds TLS: the providers' notifications of
//! changes, the pages on which a calendar is connected, the static pages, and `/health`. To our own
//! monitoring it serves `/metrics`, too.
//!
//! A notification only names a calendar; everything else is asked of the provider. So one that
//! arrives twice does no harm, and one that does not arrive delays what the next pull brings
//! anyway.

mod bounds;
mod connect;
mod connections;
mod health;
mod hooks;
mod metrics;
mod pages;
mod reports;

pub use crate::net::serving::{InvalidKey, InvalidPublicUrl, Key, PublicUrl, Settings};
pub use connect::Connecting;
pub use hooks::Wake;
pub use reports::{Reporting, Reports};

use self::bounds::Bounds;
use self::health::Audience;
use self::hooks::Hooks;
use self::pages::Files;
use crate::health::Health;
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

/// The headers of every answer that has no such header of its own.
const SECURITY: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: Option<TcpListener>,
    internal: Option<TcpListener>,
    files: Files,
    settings: Settings,
}

/// Why it cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The static pages cannot be read.
    #[error("http.pages: cannot read {}", .0.display())]
    Pages(PathBuf, #[source] std::io::Error),
    /// An address is not free, or not one of this machine.
    #[error("{0}: cannot listen on {1}")]
    Listen(&'static str, SocketAddr, #[source] std::io::Error),
}

/// What answers need.
pub struct Services {
    /// What makes calendars due.
    pub wake: Arc<dyn Wake>,
    /// How the agent does.
    pub health: Arc<Health>,
    /// What connects accounts; none = there are no pages for it.
    pub connecting: Option<Arc<Connecting>>,
    /// What hears what becomes of messages; none = nothing does.
    pub reporting: Option<Reporting>,
}

impl Server {
    /// Begins to listen. A client that connects before [`Self::serve`] waits.
    pub async fn bind(settings: Settings) -> Result<Self, BindError> {
        let files = match &settings.pages {
            Some(directory) => Files::read(directory, settings.api_origins.clone())
                .map_err(|error| BindError::Pages(directory.clone(), error))?,
            None => Files::default(),
        };
        let listener = listen("http.listen", settings.listen).await?;
        let internal = listen("http.internal_listen", settings.internal_listen).await?;
        Ok(Self { listener, internal, files, settings })
    }

    /// Where it listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Where it answers our own monitoring.
    pub fn internal_address(&self) -> Option<SocketAddr> {
        self.internal.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers until `stop` resolves and the answers that are under way by then have been sent.
    pub async fn serve(self, services: Services, stop: impl Future<Output = ()>) {
        let Self { listener, internal, files, settings } = self;
        let stop = futures_util::FutureExt::shared(stop);
        let inner = health::routes(Arc::clone(&services.health), Audience::Internal)
            .merge(metrics::routes(Arc::clone(&services.health)));
        let app = router(settings, files, services);
        let serve = async |listener, routes| {
            if let Some(listener) = listener {
                connections::serve(listener, routes, stop.clone()).await;
            }
        };
        tokio::join!(serve(listener, app), serve(internal, inner));
    }
}

async fn listen(
    setting: &'static str,
    address: Option<SocketAddr>,
) -> Result<Option<TcpListener>, BindError> {
    let Some(address) = address else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).map_err(|error| BindError::Listen(setting, address, error))
}

fn router(settings: Settings, files: Files, services: Services) -> Router {
    let bounds = Bounds::new();
    let connect = match (&settings.public_url, services.connecting) {
        (Some(url), Some(connecting)) => connect::routes(&bounds, &settings, url, connecting),
        _ => Router::new(),
    };
    let reports = match (&settings.public_url, services.reporting) {
        (Some(url), Some(reporting)) => reports::routes(&bounds, url, reporting),
        _ => Router::new(),
    };
    let hooks = Hooks {
        wake: services.wake,
        ghl_key: settings.ghl_key,
        health: Arc::clone(&services.health),
    };
    let routes = Router::new()
        .nest("/webhooks", hooks::routes(&bounds, hooks))
        .merge(health::routes(services.health, Audience::Public))
        .merge(connect)
        .merge(reports)
        .fallback_service(pages::routes(files));
    // The reverse proxy may pass the public URL's path on, or remove it.
    let prefix = settings.public_url.as_ref().map_or("", |url| url.path().trim_end_matches('/'));
    let app = match prefix {
        "" => routes,
        prefix => routes.clone().nest(prefix, routes),
    };
    let app = SECURITY.into_iter().fold(app, |app, (name, value)| {
        app.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    });
    app.layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
        // The path itself may hold a secret.
        let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        tracing::debug_span!("request", method = %request.method(), route)
    }))
}
