//! Requests.

use super::write::{body_of, mark};
use crate::{Kind, Malformed, OwnEvent, Version};
use chrono::TimeDelta;
use engine::Interval;
use engine::time::Instant;
use http::{Method, Request, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

/// The base URL of the API.
pub const BASE: &str = "https://graph.microsoft.com/v1.0";

/// A request, or an error if its URL is not valid.
pub(super) type Made = Result<Request<Vec<u8>>, Malformed>;

/// How much the requested window is extended at both ends: an all-day event has other
/// instants in the mailbox's zone than in the calendar's.
const MARGIN: TimeDelta = TimeDelta::days(1);

/// The longest window that Graph accepts: 1825 days.
const MAX_WINDOW: TimeDelta = TimeDelta::days(1825 - 2);

/// Requests times in UTC, so that no zone name needs to be known, and ids that an event
/// keeps when it is moved.
const PREFER: &str = r#"outlook.timezone="UTC", IdType="ImmutableId""#;

/// [`PREFER`], and descriptions as text, to compare them with what was written.
const PREFER_TEXT: &str =
    "outlook.timezone=\"UTC\", IdType=\"ImmutableId\", outlook.body-content-type=\"text\"";

/// How far the first occurrence of a series may have been moved.
const MOVED: TimeDelta = TimeDelta::days(62);

/// Limits the events of a page: they include their whole description, which can be large.
const PREFER_PAGES: &str = "outlook.timezone=\"UTC\", IdType=\"ImmutableId\", \
                            odata.maxpagesize=50, outlook.body-content-type=\"text\"";

/// Makes requests to one Graph endpoint.
#[derive(Debug, Clone)]
pub struct Graph {
    base: Url,
}

impl Graph {
    /// The endpoint at a URL, usually [`BASE`].
    pub fn new(base: Url) -> Self {
        Self { base }
    }

    /// The account's calendars.
    pub fn calendars(&self) -> Made {
        get(&self.url(&["me", "calendars"], &[("$top", "100")]), PREFER)
    }

    /// The account's user; read by [`super::read_addresses`].
    pub fn user(&self) -> Made {
        get(&self.url(&["me"], &[("$select", "mail,userPrincipalName")]), PREFER)
    }

    /// The capabilities of a calendar.
    pub fn calendar(&self, calendar: &str) -> Made {
        let query = ("$select", "id,allowedOnlineMeetingProviders");
        get(&self.url(&["me", "calendars", calendar], &[query]), PREFER)
    }

    /// The part of a window that can be requested.
    pub fn window(wanted: Interval) -> Interval {
        Interval::new(wanted.start, wanted.end.min(wanted.start + MAX_WINDOW))
    }

    /// Everything in a window.
    pub fn delta(&self, calendar: &str, window: Interval) -> Made {
        let path = ["me", "calendars", calendar, "calendarView", "delta"];
        let start = utc(window.start + -MARGIN);
        let end = utc(window.end + MARGIN);
        get(&self.url(&path, &[("startDateTime", &start), ("endDateTime", &end)]), PREFER_PAGES)
    }

    /// Follows a link of an earlier answer. It must lead to the endpoint's host, the only
    /// one that may receive the account's token.
    pub fn follow(&self, link: &str) -> Made {
        let url = Url::parse(link).map_err(|_| Malformed("a link is not a valid URL".into()))?;
        if url.origin() != self.base.origin() {
            return Err(Malformed("a link leads to another host".into()));
        }
        get(&url, PREFER_PAGES)
    }

    /// One event of a calendar.
    pub fn event(&self, calendar: &str, event: &str) -> Made {
        get(&self.event_url(calendar, event), PREFER_TEXT)
    }

    /// The occurrences near the first one of a series.
    pub fn first_occurrence(&self, calendar: &str, planned: Instant) -> Made {
        let path = ["me", "calendars", calendar, "calendarView"];
        let (start, end) = (utc(planned + -MOVED), utc(planned + MOVED));
        get(&self.url(&path, &[("startDateTime", &start), ("endDateTime", &end)]), PREFER_PAGES)
    }

    /// The events that have our mark.
    pub fn find(&self, calendar: &str, own: &OwnEvent) -> Made {
        let filter = format!(
            "singleValueExtendedProperties/Any(ep: ep/id eq '{}' and ep/value eq '{}')",
            mark(&own.kind),
            own.id
        );
        let url = self.url(&["me", "calendars", calendar, "events"], &[("$filter", &filter)]);
        get(&url, PREFER_TEXT)
    }

    /// A new event, with a Teams meeting or without. Graph creates one event for all requests with
    /// the same transaction id ([`transactions`]).
    pub fn create(
        &self,
        calendar: &str,
        own: &OwnEvent,
        transaction_id: &str,
        with_teams: bool,
    ) -> Made {
        let url = self.url(&["me", "calendars", calendar, "events"], &[]);
        let body = body_of(own, transaction_id, with_teams);
        request(Method::POST, &url, PREFER, None, body)
    }

    /// Writes changes ([`super::Existing::changes`]) into an event, if it is still this version.
    pub fn update(&self, calendar: &str, version: &Version, changes: Vec<u8>) -> Made {
        let url = self.event_url(calendar, &version.external_event_id);
        request(Method::PATCH, &url, PREFER_TEXT, version.etag.as_deref(), changes)
    }

    /// Deletes an event. Graph notifies its attendees.
    pub fn delete(&self, calendar: &str, event: &str) -> Made {
        let url = self.event_url(calendar, event);
        request(Method::DELETE, &url, PREFER, None, Vec::new())
    }

    /// A URL outside of a calendar's events.
    pub(super) fn send(&self, method: Method, path: &[&str], body: &Value) -> Made {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        request(method, &self.url(path, &[]), PREFER, None, body)
    }

    fn event_url(&self, calendar: &str, event: &str) -> Url {
        self.url(&["me", "calendars", calendar, "events", event], &[])
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        // Not as a form would: OData takes "+" for itself.
        let query: Vec<String> = query
            .iter()
            .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
        url
    }
}

/// The transaction ids under which an event may be created in a calendar, one after another: the
/// first may have made an event that was deleted since. An obligation may be in several calendars
/// of a mailbox, and is created again after a deletion when it has changed.
pub fn transactions(own: &OwnEvent, calendar: &str) -> [String; 2] {
    let id = match own.kind {
        Kind::Booking => own.id,
        Kind::Obligation(_) => {
            Uuid::new_v5(&own.id, format!("{} {calendar}", own.sequence).as_bytes())
        }
    };
    // The same id in another spelling is another transaction.
    [id.to_string(), id.simple().to_string()]
}

pub(super) fn utc(instant: Instant) -> String {
    instant.utc().format("%FT%T%.fZ").to_string()
}

fn get(url: &Url, prefer: &str) -> Made {
    request(Method::GET, url, prefer, None, Vec::new())
}

fn request(method: Method, url: &Url, prefer: &str, etag: Option<&str>, body: Vec<u8>) -> Made {
    let mut request = Request::builder().method(method).uri(url.as_str()).header("prefer", prefer);
    if let Some(etag) = etag {
        request = request.header(header::IF_MATCH, etag);
    }
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(body).map_err(|_| Malformed("an id or a link is not valid in a request".into()))
}
