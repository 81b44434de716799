//! Tokens: refresh tokens are good for one use.

use super::answer::Refusal;
use super::state::{Held, LOCATION, State, USER};
use axum::Json;
use axum::extract::{Form, Query, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

/// The page on which the owner of the location lets an application in. This one does so at
/// once.
pub(super) async fn consent(
    Shared(state): Shared<State>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let redirect = asked.get("redirect_uri").and_then(|uri| Url::parse(uri).ok());
    let Some(mut redirect) = redirect else {
        return Refusal::new(400, "redirect_uri must be a URL").into_response();
    };
    redirect.query_pairs_mut().append_pair("code", &state.lock().new_code());
    if let Some(echo) = asked.get("state") {
        redirect.query_pairs_mut().append_pair("state", echo);
    }
    (StatusCode::FOUND, [(header::LOCATION, redirect.to_string())]).into_response()
}

pub(super) async fn token(
    Shared(state): Shared<State>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let missing = ["client_id", "client_secret", "grant_type"]
        .into_iter()
        .filter(|name| field(name).is_empty())
        .map(|name| format!("{name} should not be empty"))
        .collect::<Vec<_>>();
    if !missing.is_empty() {
        return Refusal::new(422, missing).into_response();
    }
    let mut held = state.lock();
    let is_good = match field("grant_type") {
        "authorization_code" => held.tokens.codes.remove(field("code")),
        "refresh_token" => held.tokens.refresh.remove(field("refresh_token")),
        _ => {
            return Refusal::new(422, vec!["grant_type must be a valid enum value"])
                .into_response();
        }
    };
    if !is_good {
        let body = json!({
            "error": "invalid_grant",
            "error_description": "Invalid grant: it is invalid, expired, or was used already",
        });
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    Json(pair(&mut held)).into_response()
}

fn pair(held: &mut Held) -> Value {
    let access = format!("access-{}", held.new_id());
    let refresh = format!("refresh-{}", held.new_id());
    held.tokens.access.insert(access.clone());
    held.tokens.refresh.insert(refresh.clone());
    json!({
        "access_token": access, "token_type": "Bearer", "expires_in": 86399,
        "refresh_token": refresh, "scope": "calendars.readonly calendars/events.readonly \
            calendars/events.write contacts.write",
        "userType": "Location", "locationId": LOCATION, "companyId": "aCompany", "userId": USER,
    })
}
