//! The endpoints that receive the providers' notifications.

use super::Shared;
use crate::database;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use providers::{Malformed, ghl, google, microsoft};
use std::collections::HashSet;

/// Why a notification is not accepted.
pub(super) enum Refusal {
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
pub(super) async fn google(
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let notified = google::Notification::read(&headers).ok_or(Refusal::Unknown)?;
    // One that is open is not always noted down yet.
    if notified.is_sync
        || shared.wake.wake_calendar(notified.channel_id, notified.secret, false).await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::Unknown)
    }
}

/// Microsoft: <https://learn.microsoft.com/graph/change-notifications-delivery-webhooks>
pub(super) async fn microsoft(
    State(shared): State<Shared>,
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
            shared.wake.wake_calendar(&one.subscription_id, &one.secret, one.is_ending).await?;
    }
    if is_known { Ok(StatusCode::ACCEPTED.into_response()) } else { Err(Refusal::Unknown) }
}

/// GoHighLevel: <https://marketplace.gohighlevel.com/docs/webhook/WebhookIntegrationGuide>
pub(super) async fn ghl(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let signature = headers.get(ghl::SIGNATURE).ok_or(Refusal::Unknown)?;
    if !shared.ghl_key.has_signed(&body, signature.as_bytes()) {
        return Err(Refusal::Unknown);
    }
    if let Some(calendar) = ghl::changed_calendar(&body)? {
        // Many locations may have the app; most calendars are none of ours.
        shared.wake.wake_provider_calendar("ghl", &calendar).await?;
    }
    Ok(StatusCode::OK)
}
