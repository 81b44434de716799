//! Tokens of the Microsoft identity platform: consent without a person, PKCE, refresh
//! tokens that are replaced without being revoked.

use super::{Shared, lock};
use axum::Json;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use url::Url;
use uuid::Uuid;

/// What is asked, by name.
type Parameters = HashMap<String, String>;

const SCOPE: &str = "Calendars.ReadWrite User.Read";

/// What has been given out and is still good.
#[derive(Debug, Default)]
pub(super) struct Grants {
    /// What was asked for with a code that nobody has used yet.
    codes: HashMap<String, Parameters>,
    access: HashSet<String>,
    refresh: HashSet<String>,
}

impl Grants {
    pub(super) fn access_token(&mut self) -> String {
        let token = format!("EwB{}", Uuid::new_v4().simple());
        self.access.insert(token.clone());
        token
    }

    pub(super) fn refresh_token(&mut self) -> String {
        let token = format!("M.C5{}", Uuid::new_v4().simple());
        self.refresh.insert(token.clone());
        token
    }

    pub(super) fn expire(&mut self) {
        self.access.clear();
    }

    pub(super) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    /// Whether a request bears a token that is good.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| self.access.contains(token))
    }
}

/// `GET /{tenant}/oauth2/v2.0/authorize`: the person agrees at once.
pub(super) async fn authorize(
    State(shared): State<Shared>,
    Query(asked): Query<Parameters>,
) -> Response {
    let is = |key: &str, value: &str| asked.get(key).is_some_and(|given| given == value);
    let is_whole = is("response_type", "code")
        && is("code_challenge_method", "S256")
        && ["client_id", "scope", "code_challenge"].iter().all(|key| asked.contains_key(*key));
    let target = asked.get("redirect_uri").and_then(|uri| Url::parse(uri).ok());
    let (true, Some(mut target)) = (is_whole, target) else {
        return refuse("invalid_request", 900_144, "The request lacks a parameter.");
    };
    let code = format!("0.{}", Uuid::new_v4().simple());
    target.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = asked.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    lock(&shared).grants.codes.insert(code, asked);
    Redirect::to(target.as_str()).into_response()
}

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(super) async fn token(State(shared): State<Shared>, Form(asked): Form<Parameters>) -> Response {
    let grants = &mut lock(&shared).grants;
    let given = |key: &str| asked.get(key).map(String::as_str).unwrap_or_default();
    if given("client_id").is_empty() {
        return refuse("invalid_request", 900_144, "The request lacks 'client_id'.");
    }
    let scope = match given("grant_type") {
        "refresh_token" if grants.refresh.contains(given("refresh_token")) => {
            asked.get("scope").cloned().unwrap_or_else(|| SCOPE.into())
        }
        "refresh_token" => {
            let reason = "The provided authorization grant is expired due to inactivity.";
            return refuse("invalid_grant", 700_082, reason);
        }
        "authorization_code" => {
            // A code is good once.
            let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(given("code_verifier")));
            let consent = grants.codes.remove(given("code")).filter(|consent| {
                consent.get("redirect_uri") == asked.get("redirect_uri")
                    && consent.get("code_challenge") == Some(&challenge)
            });
            let Some(consent) = consent else {
                return refuse("invalid_grant", 501_481, "The code or its verifier is wrong.");
            };
            consent["scope"].clone()
        }
        _ => return refuse("unsupported_grant_type", 70_003, "The grant type is not supported."),
    };
    Json(json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": 3599,
        "ext_expires_in": 3599,
        "access_token": grants.access_token(),
        "refresh_token": grants.refresh_token(),
    }))
    .into_response()
}

fn refuse(error: &str, code: u32, reason: &str) -> Response {
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{code}: {reason} Trace ID: 0 Correlation ID: 0"),
        "error_codes": [code],
        "timestamp": "2026-11-20 09:00:00Z",
        "trace_id": "00000000-0000-0000-0000-000000000000",
        "correlation_id": "00000000-0000-0000-0000-000000000000",
    });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
