//! What comes back after a message was sent: Twilio's reports, replies such as STOP, and the end of
//! reminders by e-mail (RFC 8058).

mod unsubscribe;

use super::PublicUrl;
use super::bounds::Bounds;
use crate::database::{self, Pool};
use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use providers::twilio;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// Who hears what becomes of messages.
#[derive(Clone)]
pub struct Reporting {
    /// What stores it.
    pub reports: Arc<dyn Reports>,
    /// The secret with which Twilio signs; none = nothing is heard of Twilio.
    pub twilio: Option<SecretString>,
}

/// Stores what becomes of messages.
#[async_trait]
pub trait Reports: Send + Sync + 'static {
    /// [`database::Database::report_delivery`].
    async fn delivery(
        &self,
        notification_id: Uuid,
        status: &twilio::Status,
        problem: Option<&str>,
    ) -> database::Result<bool>;

    /// [`database::Database::report_opt_out`].
    async fn opt_out(&self, found: &twilio::OptOut) -> database::Result<()>;

    /// [`database::Database::unsubscribe`].
    async fn unsubscribe(&self, token: &str) -> database::Result<bool>;
}

#[async_trait]
impl Reports for Pool {
    async fn delivery(
        &self,
        notification_id: Uuid,
        status: &twilio::Status,
        problem: Option<&str>,
    ) -> database::Result<bool> {
        let twilio::Status { sid, status, .. } = status;
        self.get().await?.report_delivery(notification_id, sid, status, problem).await
    }

    async fn opt_out(&self, found: &twilio::OptOut) -> database::Result<()> {
        self.get().await?.report_opt_out(&found.phone, found.is_out).await
    }

    async fn unsubscribe(&self, token: &str) -> database::Result<bool> {
        self.get().await?.unsubscribe(token).await
    }
}

#[derive(Clone)]
struct Desk {
    public_url: PublicUrl,
    reporting: Reporting,
}

/// The routes below `/twilio` and `/unsubscribe`.
pub(super) fn routes(bounds: &Bounds, public_url: &PublicUrl, reporting: Reporting) -> Router {
    let later = StatusCode::SERVICE_UNAVAILABLE;
    Router::new()
        .route("/twilio/status/{id}", bounds.quick(post(status), later))
        .route("/twilio/inbound", bounds.quick(post(inbound), later))
        .route(
            "/unsubscribe/{token}",
            bounds.quick(get(unsubscribe::ask).post(unsubscribe::end), later),
        )
        .with_state(Desk { public_url: public_url.clone(), reporting })
}

/// What Twilio reports of a message of ours.
async fn status(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if !desk.is_twilio(&format!("twilio/status/{id}"), query.as_deref(), &headers, &body) {
        return StatusCode::FORBIDDEN;
    }
    let Some(status) = twilio::status(&body) else { return StatusCode::BAD_REQUEST };
    let problem = status.error_code.as_ref().map(|code| format!("Twilio reports error {code}"));
    match desk.reporting.reports.delivery(id, &status, problem.as_deref()).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(error) => not_stored(&error),
    }
}

/// A text message to our number: the only ones that matter are STOP and START.
async fn inbound(
    State(desk): State<Desk>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !desk.is_twilio("twilio/inbound", query.as_deref(), &headers, &body) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(found) = twilio::opt_out(&body)
        && let Err(error) = desk.reporting.reports.opt_out(&found).await
    {
        return not_stored(&error).into_response();
    }
    // Twilio itself answers STOP; an empty answer adds nothing.
    ([(header::CONTENT_TYPE, "text/xml")], "<Response/>").into_response()
}

impl Desk {
    /// Whether Twilio has signed a request for one of our public URLs.
    fn is_twilio(&self, path: &str, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> bool {
        let Some(secret) = &self.reporting.twilio else { return false };
        let Some(signature) = headers.get(twilio::SIGNATURE) else { return false };
        let Ok(mut url) = Url::parse(&self.public_url.join(path)) else { return false };
        url.set_query(query);
        twilio::has_signed(secret.expose_secret(), &url, body, signature.as_bytes())
    }
}

fn not_stored(error: &database::Error) -> StatusCode {
    // A text that cannot even be one of the database's.
    if matches!(error, database::Error::Refused { code, .. } if code.starts_with("22")) {
        return StatusCode::BAD_REQUEST;
    }
    tracing::warn!(%error, "cannot store a report on a message; it must be sent again");
    StatusCode::SERVICE_UNAVAILABLE
}
