//! The page of a problem.

use super::desk::Desk;
use super::page::Message;
use super::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

/// Renders the page of an answer that is a problem.
pub(super) async fn problems(State(desk): State<Desk>, answer: Response) -> Response {
    let problem = match (answer.extensions().get::<Problem>(), answer.status()) {
        (Some(problem), _) => *problem,
        // Of the bounds.
        (None, StatusCode::SERVICE_UNAVAILABLE) => Problem::Away,
        _ => return answer,
    };
    let (title, text) = problem.words();
    let message = Message { base: desk.public_url.path(), title, text, action: None };
    desk.page(problem.status(), &message, None)
}
