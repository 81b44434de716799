//! Google Calendar API v3.
//!
//! <https://developers.google.com/workspace/calendar/api/v3/reference>

mod calendars;
mod channels;
mod event;
mod events;
mod oauth;
mod own_events;
mod problem;

pub use calendars::{Access, allows_meet, calendar, calendars, read_calendars};
pub use channels::{Notification, read_channel, stop, watch};
pub use events::{Events, Listing, Next, Since, events};
pub use oauth::{AUTHORIZE_URL, REVOKE_URL, TOKEN_URL, authorization_server};
pub use own_events::{Existing, answer, delete, event_id, get, insert, marked, read_marked};
pub use problem::Problem;

use crate::Malformed;
use http::{Method, Request, header};
use serde_json::Value;
use url::Url;

/// The base URL of the API.
pub const BASE: &str = "https://www.googleapis.com/calendar/v3/";

/// A URL below the API's, its segments and parameters escaped.
fn url(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

fn request(method: Method, url: &Url) -> Request<Vec<u8>> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    // Whatever stands in a URL may stand in a request.
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    request
}

fn with_json(mut request: Request<Vec<u8>>, body: &Value) -> Request<Vec<u8>> {
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    *request.body_mut() = body.to_string().into_bytes();
    request
}

/// An answer's body: a JSON object of the requested kind, and not the page of a proxy on
/// the way.
fn object(body: &[u8], kind: &str) -> Result<Value, Malformed> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|e| Malformed(format!("the answer is not valid JSON ({:?})", e.classify())))?;
    if value["kind"] == kind {
        Ok(value)
    } else {
        Err(Malformed(format!("the answer is not of the kind {kind}")))
    }
}
