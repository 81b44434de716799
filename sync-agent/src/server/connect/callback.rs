//! `GET /oauth/{provider}/callback`: a provider sends the browser back, to whichever agent.

use super::consent::{Kept, to_provider};
use super::desk::{Desk, Tried, Visit, digest};
use super::page::Again;
use super::problem::Problem;
use super::{cookie, words};
use crate::candidate::Candidate;
use crate::oauth::Granted;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use url::Url;

/// What the provider adds to the redirect.
#[derive(Deserialize)]
pub(super) struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    /// RFC 9207.
    iss: Option<String>,
}

pub(super) async fn receive(
    State(desk): State<Desk>,
    Path(provider): Path<String>,
    Query(answer): Query<Answer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = match provider.as_str() {
        "google" => "google",
        "microsoft" => "microsoft",
        _ => return Err(Problem::NoQuestion),
    };
    let cookie = cookie::of(&desk, &headers).ok_or(Problem::NoQuestion)?;
    let state = digest(answer.state.as_deref().ok_or(Problem::NoQuestion)?);
    let consent = desk.database().await?.take_consent(&state, &digest(&cookie)).await?;
    let application = desk.application(provider).ok_or(Problem::Failed)?;
    let asked = application.server.authorize_url.as_ref().map(Url::origin);
    let issuer = answer.iss.as_deref().map(|iss| Url::parse(iss).ok().map(|url| url.origin()));
    if consent.provider != provider || issuer.is_some_and(|issuer| issuer != asked) {
        return Err(Problem::NoQuestion);
    }
    let visit = desk.visit(consent.connection_id, Some(&cookie)).await?;
    // What comes of it is that of the question, not of the form.
    let as_another = consent.account_id.is_none();
    let Some(code) = answer.code.as_deref().filter(|_| answer.error.is_none()) else {
        return Ok(again(&desk, &visit, &refused(&desk, &visit, &answer), false));
    };
    let kept = Kept::open(&desk, &state, &consent.verifier)?;
    let http = desk.connecting.providers.http();
    let verifier = kept.verifier.as_str().into();
    let granted = application.redeem(http, code, &verifier, &desk.redirect(provider)).await;
    let head = desk.head(&visit.connection);
    let name = words::name(head.face);
    let Granted { refresh_token, missing } = match granted {
        Ok(granted) => granted,
        Err(error) => {
            tracing::warn!(%error, "cannot redeem the code of a consent");
            let text = words::refusal(head.face, false, &error);
            return Ok(again(&desk, &visit, &(format!("{name} was not connected"), text), false));
        }
    };
    if let Some(scope) = missing {
        let text = format!(
            "You did not allow this service to {}. Without it, you could be booked twice. Nothing \
             was connected. Try again, and leave every box ticked.",
            words::scope(scope)
        );
        return Ok(again(&desk, &visit, &("One permission is missing".into(), text), false));
    }
    let Some(token) = refresh_token else {
        if application.can_insist() && !kept.insists {
            return to_provider(&desk, &visit, as_another, true).await;
        }
        let text = format!("{name} did not allow access for longer than an hour. Try again.");
        return Ok(again(&desk, &visit, &(format!("{name} was not connected"), text), false));
    };
    let known = visit.connection.account.as_ref().filter(|_| !as_another);
    let expected = known.map(|known| &known.settings);
    match desk.try_account(&visit, Candidate::oauth(provider, token), expected).await? {
        Tried::Stored => {
            let next = desk.path(&format!("connect/at/{}/calendars", visit.connection.id));
            Ok(Redirect::to(&next).into_response())
        }
        Tried::Another(found) => {
            let wanted = expected.map(words::account).unwrap_or_default();
            let text = format!(
                "This is {found}, not {wanted}. Nothing was changed. Try again with {wanted}, or add \
                 {found} beside it."
            );
            Ok(again(&desk, &visit, &("That is another account".into(), text), true))
        }
        Tried::Failed(error) => {
            let text = words::refusal(head.face, false, &error);
            Ok(again(&desk, &visit, &(format!("{name} was not connected"), text), false))
        }
    }
}

/// What the provider's page said instead of yes.
fn refused(desk: &Desk, visit: &Visit, answer: &Answer) -> (String, String) {
    let name = words::name(desk.head(&visit.connection).face);
    let description = answer.error_description.as_deref().unwrap_or_default();
    let wants_administrator = answer.error.as_deref() == Some("consent_required")
        || ["AADSTS65001", "AADSTS90094"].iter().any(|code| description.contains(code));
    if wants_administrator {
        let text = "Your organization lets administrators alone allow this. Nothing was connected. \
                    Ask your administrator to allow it, and try again.";
        return ("Ask your administrator".into(), text.into());
    }
    let text = match answer.error.as_deref() {
        Some("access_denied") => {
            format!("You did not allow access at {name}. Nothing was connected.")
        }
        _ => format!("{name} did not allow access. Nothing was connected."),
    };
    (format!("{name} was not connected"), text)
}

fn again(desk: &Desk, visit: &Visit, (title, text): &(String, String), another: bool) -> Response {
    let page = Again { head: desk.head(&visit.connection), title, text, another };
    desk.page(StatusCode::OK, &page, Some(&visit.connection))
}
