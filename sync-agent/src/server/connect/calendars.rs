//! `/connect/at/{id}/calendars`: which calendar gets bookings, which block time, and which are left
//! alone.

use super::desk::{Desk, Visit};
use super::page::Calendars;
use super::problem::Problem;
use super::{cookie, done};
use crate::database;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = desk.visit(id, cookie::of(&desk, &headers).as_deref()).await?;
    form(&desk, &visit, &HashMap::new(), None).await
}

pub(super) async fn choose(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let visit = desk.visit(id, cookie::of(&desk, &headers).as_deref()).await?;
    let choices: Map<String, Value> = sent
        .iter()
        .map(|(calendar, purpose)| (calendar.clone(), purpose.as_str().into()))
        .collect();
    let chosen = desk.database().await?.choose_calendars(id, &visit.session, &choices.into()).await;
    match chosen {
        Ok(()) => Ok(Redirect::to(&done::after(&desk, &visit.connection)).into_response()),
        Err(database::Error::Refused { code, message, .. }) if code == "22023" => {
            let problem = if message.contains("one calendar") {
                "Bookings can be written to one calendar. Choose \u{201c}Book here\u{201d} once."
            } else {
                "Bookings cannot be written to that calendar. Choose another one."
            };
            form(&desk, &visit, &sent, Some(problem)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The calendars, with what was chosen just now.
async fn form(
    desk: &Desk,
    visit: &Visit,
    sent: &HashMap<String, String>,
    problem: Option<&str>,
) -> Result<Response, Problem> {
    let connection = &visit.connection;
    if connection.connected_account_id.is_none() {
        let first = desk.path(&format!("connect/at/{}", connection.id));
        return Ok(Redirect::to(&first).into_response());
    }
    let mut choices = desk.database().await?.list_choices(connection.id, &visit.session).await?;
    for calendar in &mut choices.calendars {
        if let Some(purpose) = sent.get(&calendar.id.to_string()) {
            calendar.is_primary = purpose == "bookings";
            calendar.blocks = purpose != "ignored";
        }
    }
    let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let page = Calendars { head: desk.head(connection), choices: &choices, problem };
    Ok(desk.page(status, &page, Some(connection)))
}
