//! Tokens (RFC 6749, RFC 7636): consent without a person, codes, access and refresh
//! tokens.

use super::state::{Shared, State};
use super::tokens::Parameters;
use axum::Json;
use axum::extract::{Form, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

/// The client that the stand-in knows.
pub(super) const CLIENT_ID: &str = "calendar.apps.googleusercontent.com";
pub(super) const CLIENT_SECRET: &str = "GOCSPX-secret";

/// `GET /o/oauth2/v2/auth`: the person agrees at once.
pub(super) async fn authorize(
    Extract(shared): Extract<Shared>,
    Query(asked): Query<Parameters>,
) -> Response {
    let is_known = asked.get("client_id").is_some_and(|id| id == CLIENT_ID);
    let wants_code = asked.get("response_type").is_some_and(|kind| kind == "code");
    let method = asked.get("code_challenge_method").map(String::as_str);
    let is_hashed = asked.contains_key("code_challenge") == (method == Some("S256"));
    let target = asked.get("redirect_uri").and_then(|uri| Url::parse(uri).ok());
    let (true, true, true, true, Some(mut target)) =
        (is_known, wants_code, is_hashed, asked.contains_key("scope"), target)
    else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "Missing or wrong parameter");
    };
    let mut state = shared.lock();
    let code = state.tokens.next("4/0A");
    target.query_pairs_mut().append_pair("code", &code);
    for echoed in ["state", "scope"] {
        if let Some(value) = asked.get(echoed) {
            target.query_pairs_mut().append_pair(echoed, value);
        }
    }
    state.tokens.codes.insert(code, asked);
    Redirect::to(target.as_str()).into_response()
}

/// `POST /token`.
pub(super) async fn token(
    Extract(shared): Extract<Shared>,
    headers: HeaderMap,
    Form(asked): Form<Parameters>,
) -> Response {
    let mut state = shared.lock();
    if !is_client(&headers, &asked) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "Unauthorized");
    }
    match asked.get("grant_type").map(String::as_str) {
        Some("authorization_code") => redeem(&mut state, &asked),
        Some("refresh_token") => refresh(&mut state, &asked),
        _ => {
            let reason = "Invalid grant_type";
            refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", reason)
        }
    }
}

/// `POST /revoke`.
pub(super) async fn revoke(
    Extract(shared): Extract<Shared>,
    Form(asked): Form<Parameters>,
) -> Response {
    let tokens = &mut shared.lock().tokens;
    let token = asked.get("token").map(String::as_str).unwrap_or_default();
    if tokens.refresh.remove(token).or_else(|| tokens.access.remove(token)).is_none() {
        return refuse(StatusCode::BAD_REQUEST, "invalid_token", "Token expired or revoked");
    }
    Json(json!({})).into_response()
}

fn redeem(state: &mut State, asked: &Parameters) -> Response {
    // A code is good once.
    let consent = asked.get("code").and_then(|code| state.tokens.codes.remove(code));
    let Some(consent) = consent.filter(|c| c.get("redirect_uri") == asked.get("redirect_uri"))
    else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "Bad Request");
    };
    let verifier = asked.get("code_verifier");
    let challenge = verifier.map(|v| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(v)));
    if challenge.as_ref() != consent.get("code_challenge")
        || verifier.is_some_and(|v| !(43..=128).contains(&v.len()))
    {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "Invalid code verifier.");
    }
    let scope = consent.get("scope").map(String::as_str).unwrap_or_default();
    let is_offline = consent.get("access_type").is_some_and(|kind| kind == "offline");
    let refresh = is_offline.then(|| state.tokens.give_refresh(scope));
    give(state, scope, refresh)
}

fn refresh(state: &mut State, asked: &Parameters) -> Response {
    let token = asked.get("refresh_token").map(String::as_str).unwrap_or_default();
    let Some(scope) = state.tokens.refresh.get(token).cloned() else {
        let reason = "Token has been expired or revoked.";
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", reason);
    };
    let is_rotated = state.knobs.rotate_refresh_tokens;
    if is_rotated {
        state.tokens.refresh.remove(token);
    }
    let refresh = is_rotated.then(|| state.tokens.give_refresh(&scope));
    give(state, &scope, refresh)
}

fn give(state: &mut State, scope: &str, refresh: Option<String>) -> Response {
    let mut answer = json!({
        "access_token": state.tokens.give_access(scope),
        "expires_in": 3599,
        "scope": scope,
        "token_type": "Bearer",
    });
    if let Some(token) = refresh {
        answer["refresh_token"] = token.into();
    }
    Json(answer).into_response()
}

/// Whether the client says who it is, in the form or by HTTP Basic.
fn is_client(headers: &HeaderMap, asked: &Parameters) -> bool {
    let in_form = asked.get("client_id").is_some_and(|id| id == CLIENT_ID)
        && asked.get("client_secret").is_some_and(|secret| secret == CLIENT_SECRET);
    let expected = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let in_header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    in_form || in_header.and_then(|value| value.strip_prefix("Basic ")) == Some(&expected)
}

fn refuse(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    (status, Json(body)).into_response()
}
