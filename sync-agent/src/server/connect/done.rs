//! `/connect/at/{id}/done`: says that it is done, where there is nowhere to go back to.

use super::cookie;
use super::desk::Desk;
use super::page::Message;
use super::problem::Problem;
use super::provider::Face;
use crate::database::Connection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use url::Url;
use uuid::Uuid;

pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = desk.visit(id, cookie::of(&desk, &headers).as_deref()).await?;
    let connection = &visit.connection;
    if connection.connected_account_id.is_none() {
        return Err(Problem::Ended);
    }
    let name = connection.broker_name.as_deref().unwrap_or("the broker");
    let text = format!(
        "{} is connected for {name}. Its calendars are being read; free times follow within a few \
         minutes. You can close this page.",
        Face::of(&connection.provider).name
    );
    let base = desk.public_url.path();
    let page = Message { base, title: "Connected", text: &text, action: None };
    Ok(desk.page(StatusCode::OK, &page, None))
}

/// Where the browser goes in the end.
pub(super) fn after(desk: &Desk, connection: &Connection) -> String {
    let back = connection.return_to.as_deref().and_then(|url| Url::parse(url).ok());
    match back {
        Some(mut url) => {
            url.query_pairs_mut().append_pair("connected", &connection.provider);
            url.into()
        }
        None => desk.path(&format!("connect/at/{}/done", connection.id)),
    }
}
