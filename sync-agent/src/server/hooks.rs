//! The endpoints that receive the providers' notifications.

mod wake;

pub use wake::Wake;

use super::bounds::Bounds;
use crate::database;
use crate::health::{Health, Part};
use crate::net::serving::Key;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use providers::{Malformed, ghl, google, microsoft};
use std::collections::HashSet;
use std::sync::Arc;

/// What answers need.
#[derive(Clone)]
pub(super) struct Hooks {
    pub(super) wake: Arc<dyn Wake>,
    /// The key by which GoHighLevel signs.
    pub(super) ghl_key: Key,
    /// Counts notifications.
    pub(super) health: Arc<Health>,
}

/// The routes, each with its provider's status for "send it again later".
pub(super) fn routes(bounds: &Bounds, hooks: Hooks) -> Router {
    let later = StatusCode::SERVICE_UNAVAILABLE;
    let counted = |part, route: MethodRouter<Hooks>| {
        let health = Arc::clone(&hooks.health);
        route.layer(map_response(move |answer: Response| {
            health.metrics().notified(part, answer.status().is_success());
            std::future::ready(answer)
        }))
    };
    Router::new()
        .route("/google", counted(Part::Google, bounds.quick(post(google), later)))
        .route("/microsoft", counted(Part::Microsoft, bounds.quick(post(microsoft), later)))
        // The only answer after which GoHighLevel tries again.
        .route("/ghl", counted(Part::Ghl, bounds.quick(post(ghl), StatusCode::TOO_MANY_REQUESTS)))
        .with_state(hooks)
}

/// Why a notification is not accepted.
enum Refusal {
    /// The sender is not known. The response does not say why (404).
    Unknown,
    /// The request is not a valid notification (400).
    Malformed,
    /// The notification cannot be handled now; the provider sends it again later (503).
    Later,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Later => StatusCode::SERVICE_UNAVAILABLE,
        }
        .into_response()
    }
}

impl From<database::Error> for Refusal {
    fn from(error: database::Error) -> Self {
        // A text that cannot even be one of the database's.
        if matches!(&error, database::Error::Refused { code, .. } if code.starts_with("22")) {
            return Self::Unknown;
        }
        tracing::warn!(%error, "cannot handle a notification; the provider must send it again");
        Self::Later
    }
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// Google: <https://developers.google.com/workspace/calendar/api/guides/push>
async fn google(State(hooks): State<Hooks>, headers: HeaderMap) -> Result<StatusCode, Refusal> {
    let notified = google::Notification::read(&headers).ok_or(Refusal::Unknown)?;
    // One that is open is not always noted down yet.
    if notified.is_sync
        || hooks.wake.wake_calendar(notified.channel_id, notified.secret, false).await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::Unknown)
    }
}

/// Microsoft: <https://learn.microsoft.com/graph/change-notifications-delivery-webhooks>
async fn microsoft(
    State(hooks): State<Hooks>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Refusal> {
    if let Some(token) = query.as_deref().and_then(microsoft::handshake) {
        // Browsers must not read it as anything but text.
        let plain =
            [(header::CONTENT_TYPE, "text/plain"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
        return Ok((plain, token).into_response());
    }
    let notified: HashSet<_> = microsoft::read_notifications(&body)?.into_iter().collect();
    let mut is_known = false;
    for one in notified {
        is_known |=
            hooks.wake.wake_calendar(&one.subscription_id, &one.secret, one.is_ending).await?;
    }
    if is_known { Ok(StatusCode::ACCEPTED.into_response()) } else { Err(Refusal::Unknown) }
}

/// GoHighLevel: <https://marketplace.gohighlevel.com/docs/webhook/WebhookIntegrationGuide>
async fn ghl(
    State(hooks): State<Hooks>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let signature = headers.get(ghl::SIGNATURE).ok_or(Refusal::Unknown)?;
    if !hooks.ghl_key.has_signed(&body, signature.as_bytes()) {
        return Err(Refusal::Unknown);
    }
    if let Some(calendar) = ghl::changed_calendar(&body)? {
        // Many locations may have the app; most calendars are none of ours.
        hooks.wake.wake_provider_calendar("ghl", &calendar).await?;
    }
    Ok(StatusCode::OK)
}
