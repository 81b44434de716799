//! Asks the user for access in a browser (RFC 8252, with RFC 7636).

use super::Application;
use crate::net::http::Http;
use crate::{Error, Result};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use oauth2::basic::BasicTokenResponse;
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, RedirectUrl, TokenResponse};
use secrecy::SecretString;
use serde::Deserialize;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

/// How long the user may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Shows the URL of the consent page, waits for the user's answer, and returns the refresh token.
pub async fn consent(
    application: &Application,
    http: &Http,
    show: &(dyn Fn(&Url) + Sync),
) -> Result<SecretString> {
    let first = application.server.authorize_parameters;
    let answer = ask(application, http, first, show).await?;
    if let Some(token) = refresh_token(&answer) {
        return Ok(token);
    }
    let insistent = application.server.insistent_parameters;
    if !insistent.is_empty() {
        let answer = ask(application, http, &[first, insistent].concat(), show).await?;
        if let Some(token) = refresh_token(&answer) {
            return Ok(token);
        }
    }
    Err(Error::Malformed("the response of the token endpoint has no refresh token".into()))
}

fn refresh_token(answer: &BasicTokenResponse) -> Option<SecretString> {
    answer.refresh_token().map(|token| token.secret().as_str().into())
}

async fn ask(
    application: &Application,
    http: &Http,
    parameters: &[(&str, &str)],
    show: &(dyn Fn(&Url) + Sync),
) -> Result<BasicTokenResponse> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let no_port = |e| refused(&format!("cannot listen for the browser on a local port: {e}"));
    let listener = listener.map_err(no_port)?;
    let port = listener.local_addr().map_err(no_port)?.port();
    let redirect = format!("http://{}:{port}", application.server.redirect_host);
    let redirect = RedirectUrl::new(redirect).map_err(|e| refused(&e.to_string()))?;

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = application
        .client()
        .set_auth_uri(application.authorize_url()?)
        .set_redirect_uri(redirect.clone());
    let mut request = client
        .authorize_url(CsrfToken::new_random)
        .add_scopes(application.scopes())
        .set_pkce_challenge(challenge);
    for &(name, value) in parameters {
        request = request.add_extra_param(name, value);
    }
    let (url, state) = request.url();
    show(&url);

    let code = tokio::time::timeout(PATIENCE, redirected(listener, state))
        .await
        .map_err(|_| refused("the user did not answer within 10 minutes"))??;
    let answer = application.exchange(http, code, verifier, redirect).await?;
    check_scopes(application, &answer)?;
    Ok(answer)
}

/// Users may untick what was asked for.
fn check_scopes(application: &Application, answer: &BasicTokenResponse) -> Result<()> {
    match application.missing_scope(answer) {
        Some(scope) => Err(refused(&format!("{scope} was not granted; tick every box"))),
        None => Ok(()),
    }
}

/// What the provider adds to the redirect.
#[derive(Deserialize)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

struct Waiting {
    state: CsrfToken,
    answers: mpsc::Sender<Result<AuthorizationCode>>,
}

/// Serves until the browser comes back with the answer to this very question.
async fn redirected(listener: TcpListener, state: CsrfToken) -> Result<AuthorizationCode> {
    let (answers, mut answered) = mpsc::channel(1);
    let (done, is_done) = tokio::sync::oneshot::channel::<()>();
    let router =
        Router::new().route("/", get(receive)).with_state(Arc::new(Waiting { state, answers }));
    let server = tokio::spawn(async move {
        // The browser is to see the last page.
        let served = axum::serve(listener, router).with_graceful_shutdown(async {
            let _ = is_done.await;
        });
        let _ = tokio::time::timeout(PATIENCE, served).await;
    });
    let answer = answered.recv().await;
    let _ = done.send(());
    // Browsers keep connections open.
    let _ = tokio::time::timeout(Duration::from_secs(1), server).await;
    answer.unwrap_or_else(|| Err(refused("the browser did not return")))
}

async fn receive(
    State(waiting): State<Arc<Waiting>>,
    Query(answer): Query<Answer>,
) -> (StatusCode, &'static str) {
    if answer.state.as_ref() != Some(waiting.state.secret()) {
        return (StatusCode::BAD_REQUEST, "This is the answer to another question.\n");
    }
    let (answer, shown) = match (answer.code, answer.error) {
        (Some(code), None) => (
            Ok(AuthorizationCode::new(code)),
            (StatusCode::OK, "Done. You can close this window.\n"),
        ),
        (_, error) => (
            Err(refused(match error.as_deref() {
                Some("access_denied") => "the user did not agree",
                _ => "the provider sent the browser back without a code",
            })),
            (StatusCode::OK, "The calendar was not connected. You can close this window.\n"),
        ),
    };
    let _ = waiting.answers.try_send(answer);
    shown
}

fn refused(reason: &str) -> Error {
    Error::NotGranted(reason.into())
}
