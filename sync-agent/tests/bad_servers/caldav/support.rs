//! A usual server, and a booking that is written to it.

use crate::script::{Asked, Script, ics, multistatus, place, response};
use axum::response::{IntoResponse, Response};
use engine::Interval;
use engine::event::Span;
use engine::time::parse_instant;
use http::StatusCode;
use providers::{Kind, Known, OwnEvent, Person, Pulled, Version};
use sync_agent::Error;
use sync_agent::connector::Connector;
use uuid::Uuid;

/// A server that has events `a` and `b`, and tells a sync token and a ctag.
pub(crate) fn usual(asked: &Asked) -> Response {
    if asked.is_about("getctag") {
        let state = "<sync-token>new</sync-token><x:getctag>ctag</x:getctag>";
        return multistatus(&response("/cal/", state));
    }
    if asked.is_about("sync-collection") && asked.body.contains(">new<") {
        return multistatus("<sync-token>new</sync-token>");
    }
    without_state(asked)
}

/// Of [`usual`], what has nothing to do with changes.
pub(crate) fn without_state(asked: &Asked) -> Response {
    if is_listing(asked) {
        return multistatus(&listing(&["a", "b"]));
    }
    if asked.is_about("calendar-multiget") {
        let names = ["a", "b"].iter().filter(|name| asked.body.contains(&href(name)));
        return multistatus(&names.map(|name| body(name)).collect::<String>());
    }
    StatusCode::BAD_REQUEST.into_response()
}

/// Whether all members are asked for.
pub(crate) fn is_listing(asked: &Asked) -> bool {
    asked.is_about("calendar-query")
        || asked.what.starts_with("PROPFIND") && asked.is_about("getetag")
}

/// The token after a pull.
pub(crate) fn token(sync_token: &str, ctag: Option<&str>) -> String {
    let ctag = ctag.map(|ctag| format!(",\"ctag\":\"{ctag}\"")).unwrap_or_default();
    format!("{{\"sync_token\":\"{sync_token}\"{ctag}}}")
}

pub(crate) fn href(name: &str) -> String {
    format!("/cal/{name}.ics")
}

/// Members and their ETags.
pub(crate) fn listing(names: &[&str]) -> String {
    names.iter().map(|name| response(&href(name), "<getetag>\"1\"</getetag>")).collect()
}

/// A member and what it says.
pub(crate) fn body(name: &str) -> String {
    let data = format!("<cal:calendar-data>{}</cal:calendar-data>", ics(name));
    response(&href(name), &format!("<getetag>\"1\"</getetag>{data}"))
}

pub(crate) fn token_of(pulled: &Pulled) -> &str {
    match pulled {
        Pulled::Everything { token, .. }
        | Pulled::Changes { token }
        | Pulled::Unchanged { token } => token.as_deref().unwrap(),
    }
}

/// A calendar without events.
pub(crate) fn without_events(asked: &Asked) -> Response {
    match asked.what.starts_with("GET") {
        true => StatusCode::NOT_FOUND.into_response(),
        false => multistatus(""),
    }
}

/// The UID of [`booking`].
pub(crate) const UID: &str = "bk-00000000-0000-0000-0000-000000000001@calendar-ext";

pub(crate) async fn write(server: &Script, known: Option<&str>) -> Result<Version, Error> {
    let known = known.map(|id| Known {
        version: Version { external_event_id: id.into(), etag: Some("\"1\"".into()) },
        written: None,
    });
    let place = place(&format!("{}/cal/", server.origin()));
    let written = server.caldav().write(&place, &booking(), known.as_ref()).await;
    written.map(|written| written.version)
}

pub(crate) fn booking() -> OwnEvent {
    let instant = |text| parse_instant(text).unwrap();
    let Interval { start, end } =
        Interval::new(instant("2026-12-10T15:00:00Z"), instant("2026-12-10T16:00:00Z"));
    OwnEvent {
        id: Uuid::from_u128(1),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(start, end)),
        timezone: "America/New_York".into(),
        title: "Viewing".into(),
        notes: None,
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: Vec::new(),
        owner: Person::default(),
    }
}
