//! The methods.

use super::collection::{Collection, Refusal};
use super::path::{Place, place};
use super::properties::{Multistatus, Resource, asked, error};
use super::report::report;
use super::{Caldav, Shared, State};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

pub(super) async fn answer(Extract(shared): Extract<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !is_user(&parts.headers) {
        let basic = [(header::WWW_AUTHENTICATE, "Basic realm=\"calendars\"")];
        return (StatusCode::UNAUTHORIZED, basic).into_response();
    }
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let body = String::from_utf8_lossy(&body);
    let mut state = shared.lock();
    let place = place(parts.uri.path());
    match (parts.method.as_str(), place) {
        ("PROPFIND", place) => propfind(&state, &place, &parts.headers, &body),
        ("REPORT", Place::Calendar(name)) => {
            let Some(calendar) = state.calendars.get(&name) else { return not_found() };
            match roxmltree::Document::parse(&body) {
                Ok(document) => report(&state, &name, calendar, document.root_element()),
                Err(_) => StatusCode::BAD_REQUEST.into_response(),
            }
        }
        ("MKCALENDAR", Place::Calendar(name)) if !state.calendars.contains_key(&name) => {
            state.calendars.insert(name, Collection::default());
            StatusCode::CREATED.into_response()
        }
        ("DELETE", Place::Calendar(name)) => match state.calendars.remove(&name) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => not_found(),
        },
        ("GET", Place::Member(calendar, member)) => get(&state, &calendar, &member),
        ("PUT", Place::Member(calendar, member)) => match state.calendars.get_mut(&calendar) {
            Some(calendar) => put(calendar, &member, &parts.headers, &body),
            None => StatusCode::CONFLICT.into_response(),
        },
        ("DELETE", Place::Member(calendar, member)) => match state.calendars.get_mut(&calendar) {
            Some(calendar) => delete(calendar, &member, &parts.headers),
            None => not_found(),
        },
        (_, Place::Nowhere) => not_found(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn is_user(headers: &HeaderMap) -> bool {
    let pair = format!("{}:{}", Caldav::USERNAME, Caldav::PASSWORD);
    let expected = format!("Basic {}", BASE64_STANDARD.encode(pair));
    headers.get(header::AUTHORIZATION).is_some_and(|value| value == expected.as_str())
}

fn propfind(state: &State, place: &Place, headers: &HeaderMap, body: &str) -> Response {
    let Ok(document) = roxmltree::Document::parse(body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (asked, knobs) = (asked(document.root_element()), state.knobs);
    let is_deep = headers.get("depth").is_some_and(|depth| depth != "0");
    let mut answer = Multistatus::new();
    match place {
        Place::Root => answer.add(Resource::Root, &asked, knobs),
        Place::Home => {
            answer.add(Resource::Home, &asked, knobs);
            for (name, calendar) in state.calendars.iter().filter(|_| is_deep) {
                answer.add(Resource::Calendar(name, calendar), &asked, knobs);
            }
        }
        Place::Calendar(name) => {
            let Some(calendar) = state.calendars.get(name) else { return not_found() };
            answer.add(Resource::Calendar(name, calendar), &asked, knobs);
            for (member, found) in calendar.members().filter(|_| is_deep) {
                answer.add(Resource::Member(name, member, found), &asked, knobs);
            }
        }
        Place::Member(name, member) => {
            let found = state.calendars.get(name).and_then(|calendar| calendar.get(member));
            let Some(found) = found else { return not_found() };
            answer.add(Resource::Member(name, member, found), &asked, knobs);
        }
        Place::Nowhere => return not_found(),
    }
    answer.finish(None)
}

fn get(state: &State, calendar: &str, member: &str) -> Response {
    let found = state.calendars.get(calendar).and_then(|calendar| calendar.get(member));
    let Some(found) = found else { return not_found() };
    let mut response = Response::new(Body::from(found.ics.clone()));
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    with_etag(response, &found.etag())
}

fn put(calendar: &mut Collection, member: &str, headers: &HeaderMap, body: &str) -> Response {
    let is_there = calendar.get(member).is_some();
    let is_unwanted = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
    if is_there && is_unwanted || !matches(calendar, member, headers) {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    match calendar.put(member, body.to_owned()) {
        Ok(written) => {
            let status = if is_there { StatusCode::NO_CONTENT } else { StatusCode::CREATED };
            let etag = written.etag();
            with_etag(status.into_response(), &etag)
        }
        Err(Refusal::NoEvent) => error(StatusCode::FORBIDDEN, "C:valid-calendar-data"),
        Err(Refusal::UidInUse) => error(StatusCode::CONFLICT, "C:no-uid-conflict"),
    }
}

fn delete(calendar: &mut Collection, member: &str, headers: &HeaderMap) -> Response {
    if !matches(calendar, member, headers) {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    if calendar.remove(member) { StatusCode::NO_CONTENT.into_response() } else { not_found() }
}

/// Whether If-Match holds (RFC 9110 section 13.1.1).
fn matches(calendar: &Collection, member: &str, headers: &HeaderMap) -> bool {
    let Some(wanted) = headers.get(header::IF_MATCH) else { return true };
    calendar.get(member).is_some_and(|found| wanted == "*" || wanted == found.etag().as_str())
}

fn with_etag(mut response: Response, etag: &str) -> Response {
    if let Ok(etag) = HeaderValue::from_str(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
