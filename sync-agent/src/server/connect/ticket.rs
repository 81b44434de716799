//! `/connect/{ticket}`: says whose calendar will be connected, and takes the ticket.

use super::consent::to_provider;
use super::cookie;
use super::desk::{Desk, Visit, digest};
use super::page::Begin;
use super::problem::Problem;
use super::provider::Face;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};

/// Changes nothing: programs that preview links ask for it, too.
pub(super) async fn show(
    State(desk): State<Desk>,
    Path(ticket): Path<String>,
) -> Result<Response, Problem> {
    let connection = desk.database().await?.read_ticket(&digest(&ticket)).await?;
    let action = desk.path(&format!("connect/{ticket}"));
    let is_set_up = is_set_up(&desk, &connection.provider);
    let page = Begin { head: desk.head(&connection), action: &action, is_set_up };
    Ok(desk.page(StatusCode::OK, &page, Some(&connection)))
}

/// Takes the ticket for this browser, which goes on to the provider or to a form.
pub(super) async fn take(
    State(desk): State<Desk>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // One that it has already stays, for another connection in another tab.
    let value = cookie::of(&desk, &headers).unwrap_or_else(cookie::random);
    let session = digest(&value);
    let connection = desk.database().await?.take_ticket(&digest(&ticket), &session).await?;
    let id = connection.id;
    let next = if Face::of(&connection.provider).has_consent {
        to_provider(&desk, &Visit { connection, session }, false, false).await?
    } else {
        Redirect::to(&desk.path(&format!("connect/at/{id}"))).into_response()
    };
    Ok(([cookie::set(&desk, &value)], next).into_response())
}

/// Whether the agent can ask a provider.
pub(super) fn is_set_up(desk: &Desk, provider: &str) -> bool {
    !Face::of(provider).has_consent || desk.application(provider).is_some()
}
