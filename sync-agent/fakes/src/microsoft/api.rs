//! The API's paths.

use super::delta::Page;
use super::event::Times;
use super::refusal::Refusal;
use super::{Shared, State, lock, oauth, subscriptions};
use axum::extract::{self, Path, Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use chrono::{DateTime, NaiveDateTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Parameters = Query<BTreeMap<String, String>>;

/// Items of a page where the client does not say how many.
const PAGE: usize = 10;

/// Graph opens no longer windows.
const MAX_DAYS: i64 = 1825;

pub(super) fn router(shared: Shared) -> Router {
    let api = Router::new()
        .route("/v1.0/me/calendars", get(calendars))
        .route("/v1.0/me/calendars/{calendar}", get(calendar))
        .route("/v1.0/me/calendars/{calendar}/events", get(events).post(create))
        .route(
            "/v1.0/me/calendars/{calendar}/events/{event}",
            get(event).patch(update).delete(delete),
        )
        .route("/v1.0/me/calendars/{calendar}/calendarView", get(view))
        .route("/v1.0/me/calendars/{calendar}/calendarView/delta", get(delta))
        .route("/v1.0/subscriptions", post(subscriptions::create))
        .route(
            "/v1.0/subscriptions/{id}",
            patch(subscriptions::prolong).delete(subscriptions::delete),
        )
        .fallback(async || Refusal::new(400, "BadRequest"))
        .layer(from_fn_with_state(shared.clone(), with_token));
    Router::new()
        .route("/{tenant}/oauth2/v2.0/authorize", get(oauth::authorize))
        .route("/{tenant}/oauth2/v2.0/token", post(oauth::token))
        .merge(api)
        .with_state(shared)
}

async fn with_token(
    extract::State(shared): extract::State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let is_allowed = {
        let mut state = lock(&shared);
        state.preferences.push(prefer(request.headers()));
        state.grants.allow(request.headers())
    };
    if is_allowed {
        next.run(request).await
    } else {
        Refusal::new(401, "InvalidAuthenticationToken").into_response()
    }
}

async fn calendars(
    extract::State(shared): extract::State<Shared>,
    headers: HeaderMap,
    Query(query): Parameters,
) -> Result<Response, Refusal> {
    let state = lock(&shared);
    let list = format!("{}/me/calendars", state.base);
    Ok(part(state.mailbox.calendars(), &list, &headers, &query))
}

async fn calendar(
    extract::State(shared): extract::State<Shared>,
    Path(id): Path<String>,
    Query(query): Parameters,
) -> Result<Json<Value>, Refusal> {
    let mut calendar = lock(&shared).mailbox.calendar(&id)?;
    select(&mut calendar, &query);
    Ok(Json(calendar))
}

async fn events(
    extract::State(shared): extract::State<Shared>,
    Path(calendar): Path<String>,
    headers: HeaderMap,
    Query(query): Parameters,
) -> Result<Response, Refusal> {
    let State { mailbox, base, .. } = &*lock(&shared);
    mailbox.calendar(&calendar)?;
    let found = match query.get("$filter") {
        None => mailbox.events(&calendar),
        Some(filter) => {
            let (property, value) = property_filter(filter).ok_or_else(Refusal::invalid)?;
            mailbox.with_property(&calendar, property, value)
        }
    };
    Ok(part(found, &format!("{base}/me/calendars/{calendar}/events"), &headers, &query))
}

async fn create(
    extract::State(shared): extract::State<Shared>,
    Path(calendar): Path<String>,
    Json(body): Json<Value>,
) -> Result<Response, Refusal> {
    let State { mailbox, base, .. } = &mut *lock(&shared);
    if mailbox.calendar(&calendar)?["canEdit"] != true {
        return Err(Refusal::new(403, "ErrorAccessDenied"));
    }
    let id = mailbox.create(&calendar, body)?;
    let mut event = mailbox.get(&calendar, &id)?;
    // It takes its time.
    event["onlineMeeting"] = Value::Null;
    let location = format!("{base}/me/calendars/{calendar}/events/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(event)).into_response())
}

async fn event(
    extract::State(shared): extract::State<Shared>,
    Path((calendar, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    lock(&shared).mailbox.get(&calendar, &id).map(Json)
}

async fn update(
    extract::State(shared): extract::State<Shared>,
    Path((calendar, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(changes): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let mailbox = &mut lock(&shared).mailbox;
    mailbox.update(&calendar, &id, changes, if_match(&headers))?;
    mailbox.get(&calendar, &id).map(Json)
}

async fn delete(
    extract::State(shared): extract::State<Shared>,
    Path((calendar, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    lock(&shared).mailbox.delete(&calendar, &id, if_match(&headers))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(
    extract::State(shared): extract::State<Shared>,
    Path(calendar): Path<String>,
    headers: HeaderMap,
    Query(query): Parameters,
) -> Result<Response, Refusal> {
    let window = window(&query)?;
    let State { mailbox, base, .. } = &*lock(&shared);
    mailbox.calendar(&calendar)?;
    let ids = mailbox.view(&calendar, window, false);
    let found = ids.iter().filter_map(|id| mailbox.get(&calendar, id).ok()).collect();
    Ok(part(found, &format!("{base}/me/calendars/{calendar}/calendarView"), &headers, &query))
}

async fn delta(
    extract::State(shared): extract::State<Shared>,
    Path(calendar): Path<String>,
    headers: HeaderMap,
    Query(query): Parameters,
) -> Result<Json<Value>, Refusal> {
    if ["$select", "$filter", "$expand", "$orderby"].iter().any(|key| query.contains_key(*key)) {
        return Err(Refusal::invalid());
    }
    let State { mailbox, base, .. } = &mut *lock(&shared);
    let size = page_size(&headers);
    let Page { items, mark, is_last } = match (query.get("$skiptoken"), query.get("$deltatoken")) {
        (Some(mark), _) => mailbox.go_on(mark, size)?,
        (None, Some(mark)) => mailbox.since(mark, size)?,
        (None, None) => mailbox.begin(&calendar, window(&query)?)?,
    };
    let here = format!("{base}/me/calendars/{calendar}/calendarView/delta");
    let (key, link) = if is_last {
        ("@odata.deltaLink", format!("{here}?$deltatoken={mark}"))
    } else {
        ("@odata.nextLink", format!("{here}?$skiptoken={mark}"))
    };
    Ok(Json(json!({"value": items, key: link})))
}

/// A part of a list, by `$top` and `$skip`.
fn part(
    all: Vec<Value>,
    url: &str,
    headers: &HeaderMap,
    query: &BTreeMap<String, String>,
) -> Response {
    let number = |key: &str| query.get(key).and_then(|value| value.parse::<usize>().ok());
    let (skip, top) = (number("$skip").unwrap_or(0), number("$top"));
    let top = top.unwrap_or_else(|| page_size(headers));
    let end = skip + top;
    let mut answer = json!({});
    if end < all.len() {
        let mut link = url::form_urlencoded::Serializer::new(format!("{url}?"));
        link.extend_pairs(query.iter().filter(|(key, _)| *key != "$skip" && *key != "$top"));
        link.append_pair("$top", &top.to_string()).append_pair("$skip", &end.to_string());
        answer["@odata.nextLink"] = link.finish().into();
    }
    answer["value"] = all.into_iter().skip(skip).take(top).collect();
    Json(answer).into_response()
}

fn select(value: &mut Value, query: &BTreeMap<String, String>) {
    if let (Some(wanted), Some(members)) = (query.get("$select"), value.as_object_mut()) {
        members.retain(|key, _| key.starts_with('@') || wanted.split(',').any(|name| name == key));
    }
}

fn window(query: &BTreeMap<String, String>) -> Result<Times, Refusal> {
    let at = |key: &str| {
        let text = query.get(key).ok_or_else(Refusal::invalid)?;
        DateTime::parse_from_rfc3339(text)
            .map(|at| at.naive_utc())
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
            .map_err(|_| Refusal::invalid())
    };
    let (start, end) = (at("startDateTime")?, at("endDateTime")?);
    if end < start || (end - start).num_days() > MAX_DAYS {
        return Err(Refusal::invalid());
    }
    Ok((start, end))
}

/// The property and the value of
/// `singleValueExtendedProperties/Any(ep: ep/id eq 'ID' and ep/value eq 'VALUE')`.
fn property_filter(filter: &str) -> Option<(&str, &str)> {
    filter
        .strip_prefix("singleValueExtendedProperties/Any(ep: ep/id eq '")?
        .strip_suffix("')")?
        .split_once("' and ep/value eq '")
}

fn prefer(headers: &HeaderMap) -> String {
    let all = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join(", ")
}

fn page_size(headers: &HeaderMap) -> usize {
    let prefer = prefer(headers);
    let wanted = prefer.split(',').find_map(|one| one.trim().strip_prefix("odata.maxpagesize="));
    wanted.and_then(|size| size.parse().ok()).filter(|size| *size > 0).unwrap_or(PAGE)
}

fn if_match(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok())
}
