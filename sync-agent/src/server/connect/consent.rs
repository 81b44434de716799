//! `POST /connect/at/{id}/consent`: sends the browser to the provider's own page.

use super::desk::{Desk, Visit, digest};
use super::problem::Problem;
use super::{cookie, words};
use crate::secret::Envelope;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The length of a key's id, which comes first in what is sealed.
const KEY_ID: usize = 16;

/// The button that was pressed.
#[derive(Deserialize)]
pub(super) struct Button {
    /// Whether another account than the one that is to be connected again is welcome.
    #[serde(default)]
    another: String,
}

/// What the answer needs, sealed with the agents' key.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) verifier: String,
    /// Whether it was asked for a refresh token already.
    pub(super) insists: bool,
}

/// Asks again.
pub(super) async fn ask(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Form(button): Form<Button>,
) -> Result<Response, Problem> {
    let visit = desk.visit(id, cookie::of(&desk, &headers).as_deref()).await?;
    to_provider(&desk, &visit, !button.another.is_empty(), false).await
}

/// Sends the browser to the provider.
pub(super) async fn to_provider(
    desk: &Desk,
    visit: &Visit,
    as_another: bool,
    insists: bool,
) -> Result<Response, Problem> {
    let connection = &visit.connection;
    let application = desk.application(&connection.provider).ok_or(Problem::Failed)?;
    let known = connection.account.as_ref().filter(|_| !as_another);
    let hint = known.map(|known| words::account(&known.settings)).filter(|name| name.contains('@'));
    let redirect = desk.redirect(&connection.provider);
    let question = application.question(&redirect, insists, hint.as_deref()).map_err(|error| {
        tracing::error!(%error, "cannot send a browser to a provider");
        Problem::Failed
    })?;
    let state = digest(question.state.expose_secret());
    let kept = Kept { verifier: question.verifier.expose_secret().into(), insists };
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&kept).map_err(|_| Problem::Failed)?);
    let Envelope { secret, key_id } = desk.connecting.keyring.seal_bytes(&state, &plain);
    let sealed = [key_id.as_bytes(), &secret].concat();
    let database = desk.database().await?;
    database.begin_consent(connection.id, &visit.session, &state, &sealed, as_another).await?;
    Ok(Redirect::to(question.url.as_str()).into_response())
}

impl Kept {
    /// Opens what another agent may have sealed for this state.
    pub(super) fn open(desk: &Desk, state: &[u8], sealed: &[u8]) -> Result<Self, Problem> {
        let (key_id, secret) = sealed.split_at_checked(KEY_ID).ok_or(Problem::Failed)?;
        let key_id = String::from_utf8_lossy(key_id).into_owned();
        let envelope = Envelope { secret: secret.to_vec(), key_id };
        let plain = desk.connecting.keyring.open_bytes(state, &envelope).map_err(|error| {
            tracing::error!(%error, "cannot go on with what another agent began");
            Problem::Failed
        })?;
        serde_json::from_slice(&plain).map_err(|_| Problem::Failed)
    }
}
