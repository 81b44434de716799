//! The pages on which a broker connects a calendar without anybody's help.
//!
//! A ticket in an address begins it, and a cookie goes on with it. Everything that must be the same
//! for several agents is in the database, so any of them may answer.

mod account;
mod calendars;
mod callback;
mod consent;
mod cookie;
mod desk;
mod done;
mod limits;
mod own_site;
mod page;
mod problem;
mod provider;
mod render;
mod ticket;
mod words;

pub use desk::Connecting;

use self::desk::Desk;
use self::limits::Limits;
use super::bounds::Bounds;
use super::pages::built_in;
use super::{PublicUrl, Settings};
use axum::Router;
use axum::http::HeaderMap;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::routing::{get, post};
use std::sync::Arc;

/// The style of all pages, and what the pages here add to it.
const STYLES: [(&str, &str); 2] = [
    ("/connect/calendar.css", include_str!("../../../web/calendar.css")),
    ("/connect/connect.css", include_str!("../../templates/connect/connect.css")),
];

/// Requests for pages by one address in a minute.
const PAGES: u32 = 90;

/// Answers of providers that one address brings in a minute.
const CALLBACKS: u32 = 20;

/// The routes below `/connect` and `/oauth`.
pub(super) fn routes(
    bounds: &Bounds,
    settings: &Settings,
    public_url: &PublicUrl,
    connecting: Arc<Connecting>,
) -> Router {
    let desk = Desk::new(public_url.clone(), connecting);
    let limited = |routes: Router<Desk>, most: u32| {
        let limits = Limits::new(settings.client_address_header.clone(), most);
        routes.layer(from_fn_with_state(limits, limits::within))
    };
    let pages = Router::new()
        .route("/connect/{ticket}", get(ticket::show).post(ticket::take))
        .route("/connect/at/{id}", get(account::show).post(account::connect))
        .route("/connect/at/{id}/consent", post(consent::ask))
        .route("/connect/at/{id}/calendars", get(calendars::show).post(calendars::choose))
        .route("/connect/at/{id}/done", get(done::show))
        .layer(from_fn_with_state(desk.clone(), own_site::check));
    let callback = Router::new().route("/oauth/{provider}/callback", get(callback::receive));
    let routes = limited(pages, PAGES).merge(limited(callback, CALLBACKS));
    let routes = bounds
        .pages(routes)
        .layer(map_response_with_state(desk.clone(), render::problems))
        .layer(from_fn(page::no_store))
        .with_state(desk);
    STYLES.into_iter().fold(routes, |routes, (path, style)| {
        let answer =
            async move |headers: HeaderMap| built_in("text/css; charset=utf-8", style, &headers);
        routes.route(path, get(answer))
    })
}
