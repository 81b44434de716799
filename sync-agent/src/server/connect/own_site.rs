//! Forms are sent from our own pages alone, beside what SameSite does.

use super::desk::Desk;
use super::problem::Problem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Refuses forms of other sites.
pub(super) async fn check(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_safe || is_own(&desk.public_url.origin(), request.headers()) {
        next.run(request).await
    } else {
        Problem::Foreign.into_response()
    }
}

/// Whether a browser says that the request comes from a page of this origin. Every browser that
/// keeps a cookie of ours sends one of the two.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some("same-origin"), None | Some("null")) => true,
        (Some("same-origin") | None, Some(sent)) => sent == origin,
        _ => false,
    }
}
