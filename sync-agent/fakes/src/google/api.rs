//! The API's methods, beneath `/calendar/v3`.

use super::answer::{Answer, Refusal, parse};
use super::list::{self, Parameters, partial};
use super::state::{Mail, Shared, State};
use super::{channels, conference, oauth};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

/// All that Google answers to.
pub(super) fn router(shared: Shared) -> Router {
    let api = Router::new()
        .route("/users/me/calendarList", get(calendar_list))
        .route("/users/me/calendarList/{calendar}", get(calendar_list_entry))
        .route("/calendars/{calendar}/events", get(list_events).post(insert_event))
        .route("/calendars/{calendar}/events/watch", post(channels::watch))
        .route("/channels/stop", post(channels::stop))
        .route(
            "/calendars/{calendar}/events/{event}",
            get(get_event).patch(patch_event).put(update_event).delete(delete_event),
        )
        .fallback(async || Refusal::not_found())
        .layer(from_fn_with_state(shared.clone(), authorize));
    Router::new()
        .nest("/calendar/v3", api)
        .route("/o/oauth2/v2/auth", get(oauth::authorize))
        .route("/token", post(oauth::token))
        .route("/revoke", post(oauth::revoke))
        .layer(from_fn_with_state(shared.clone(), record))
        .with_state(shared)
}

async fn record(Extract(shared): Extract<Shared>, request: Request, next: Next) -> Response {
    let what = format!("{} {}", request.method(), request.uri());
    shared.lock().requests.push(what);
    next.run(request).await
}

async fn authorize(Extract(shared): Extract<Shared>, request: Request, next: Next) -> Response {
    if !shared.lock().tokens.allow(request.headers()) {
        return Refusal::unauthorized().into_response();
    }
    next.run(request).await
}

async fn calendar_list(
    Extract(shared): Extract<Shared>,
    Query(asked): Query<Parameters>,
) -> Answer {
    let state = shared.lock();
    let least = asked.get("minAccessRole").map(String::as_str);
    let most = list::number(&asked, "maxResults")?.unwrap_or(100).clamp(1, 250);
    let most = most.min(state.knobs.page_size.unwrap_or(usize::MAX));
    let start: usize = list::number(&asked, "pageToken")?.unwrap_or(0);
    let shown: Vec<_> = state
        .calendars
        .iter()
        .filter(|calendar| match least {
            Some("reader") => calendar.is_readable(),
            Some("writer") => calendar.is_writable(),
            _ => true,
        })
        .collect();
    let items: Vec<Value> = shown.iter().skip(start).take(most).map(|c| c.entry()).collect();
    let mut answer = json!({"kind": "calendar#calendarList", "etag": "\"l\"", "items": items});
    if start + most < shown.len() {
        answer["nextPageToken"] = (start + most).to_string().into();
    }
    partial(answer, &asked)
}

async fn calendar_list_entry(
    Extract(shared): Extract<Shared>,
    Path(calendar): Path<String>,
    Query(asked): Query<Parameters>,
) -> Answer {
    let entry = shared.lock().calendar(&calendar)?.entry();
    partial(entry, &asked)
}

async fn list_events(
    Extract(shared): Extract<Shared>,
    Path(calendar): Path<String>,
    Query(asked): Query<Parameters>,
) -> Answer {
    let mut state = shared.lock();
    let knobs = state.knobs;
    list::list(state.calendar(&calendar)?, &asked, knobs)
}

async fn insert_event(
    Extract(shared): Extract<Shared>,
    Path(calendar): Path<String>,
    Query(asked): Query<Parameters>,
    body: Bytes,
) -> Answer {
    let event = shared.lock().insert(&calendar, &asked, parse(&body)?)?;
    partial(event, &asked)
}

async fn get_event(
    Extract(shared): Extract<Shared>,
    Path((calendar, event)): Path<(String, String)>,
    Query(asked): Query<Parameters>,
) -> Answer {
    let mut state = shared.lock();
    let calendar = state.calendar(&calendar)?;
    let mut event = calendar.get(&event)?;
    if event["conferenceData"].is_object() && conference::complete(&mut event["conferenceData"]) {
        event = calendar.store(event)?;
    }
    partial(event, &asked)
}

async fn patch_event(
    Extract(shared): Extract<Shared>,
    Path((calendar, event)): Path<(String, String)>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let changes = parse(&body)?;
    let event = shared.lock().change(&calendar, &event, &asked, &headers, changes, false)?;
    partial(event, &asked)
}

async fn update_event(
    Extract(shared): Extract<Shared>,
    Path((calendar, event)): Path<(String, String)>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let changes = parse(&body)?;
    let event = shared.lock().change(&calendar, &event, &asked, &headers, changes, true)?;
    partial(event, &asked)
}

async fn delete_event(
    Extract(shared): Extract<Shared>,
    Path((calendar, event)): Path<(String, String)>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let mut state = shared.lock();
    let calendar = state.calendar(&calendar)?;
    if !calendar.is_writable() {
        return Err(Refusal::needs_writer());
    }
    check_version(&calendar.get(&event)?, &headers)?;
    let deleted = calendar.delete(&event)?;
    state.send_mails(&asked, &deleted);
    Ok(StatusCode::NO_CONTENT)
}

impl State {
    fn insert(&mut self, id: &str, asked: &Parameters, mut body: Value) -> Result<Value, Refusal> {
        let slow = self.knobs.slow_links;
        let calendar = self.calendar(id)?;
        if !calendar.is_writable() {
            return Err(Refusal::needs_writer());
        }
        conference::apply(calendar, &mut body, None, hears_conference(asked)?, slow)?;
        let event = calendar.insert(&body)?;
        self.send_mails(asked, &event);
        Ok(event)
    }

    fn change(
        &mut self,
        id: &str,
        event: &str,
        asked: &Parameters,
        headers: &HeaderMap,
        mut changes: Value,
        replace: bool,
    ) -> Result<Value, Refusal> {
        let slow = self.knobs.slow_links;
        let has_rival = !replace && self.knobs.rivals > 0;
        self.knobs.rivals -= usize::from(has_rival);
        let calendar = self.calendar(id)?;
        if !calendar.is_writable() {
            return Err(Refusal::needs_writer());
        }
        if has_rival {
            calendar.change(event, &json!({"location": "Main street"}), false)?;
        }
        let before = calendar.get(event)?;
        check_version(&before, headers)?;
        let is_heard = hears_conference(asked)?;
        conference::apply(calendar, &mut changes, Some(&before), is_heard, slow)?;
        let event = calendar.change(event, &changes, replace)?;
        self.send_mails(asked, &event);
        Ok(event)
    }

    fn send_mails(&mut self, asked: &Parameters, event: &Value) {
        if asked.get("sendUpdates").is_none_or(|who| who != "all") {
            return;
        }
        for attendee in event["attendees"].as_array().into_iter().flatten() {
            self.mails.push(Mail {
                event_id: event["id"].as_str().unwrap_or_default().to_owned(),
                to: attendee["email"].as_str().unwrap_or_default().to_owned(),
                is_cancellation: event["status"] == "cancelled",
            });
        }
    }
}

/// Whether conference data in a body counts.
fn hears_conference(asked: &Parameters) -> Result<bool, Refusal> {
    match list::number(asked, "conferenceDataVersion")? {
        None | Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(_) => Err(Refusal::invalid("Invalid value for: conferenceDataVersion")),
    }
}

fn check_version(event: &Value, headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(header::IF_MATCH).and_then(|etag| etag.to_str().ok()) {
        Some(etag) if etag != "*" && event["etag"] != etag => Err(Refusal::condition_not_met()),
        _ => Ok(()),
    }
}
