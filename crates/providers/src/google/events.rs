//! A calendar's events: everything in a window, or what has changed.

use super::{event, request, url};
use crate::{Malformed, Owner, Page};
use chrono::SecondsFormat;
use engine::Interval;
use engine::time::{Instant, parse_instant};
use http::{Method, Request};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use url::Url;

/// The members of an event that are requested.
const FIELDS: &str = "kind,nextPageToken,nextSyncToken,items(id,etag,status,updated,summary,\
    visibility,transparency,eventType,start,end,recurrence,recurringEventId,originalStartTime,\
    attendees(email,self,responseStatus))";

/// The most events in a page, which keeps pages small.
const PAGE: &str = "500";

/// What to request.
#[derive(Debug, Clone, Copy)]
pub enum Since<'a> {
    /// Everything in a window.
    Ever(Interval),
    /// The changes since a sync token.
    Token(&'a str),
}

/// Asks for a page of events: masters and their exceptions, not their occurrences.
///
/// All parameters except for the window must be the same with and without a token.
pub fn events(
    base: &Url,
    calendar: &str,
    since: Since<'_>,
    page: Option<&str>,
) -> Request<Vec<u8>> {
    let mut query = vec![
        ("singleEvents", "false"),
        ("maxResults", PAGE),
        // The only attendee that counts is the calendar's owner.
        ("maxAttendees", "1"),
        ("fields", FIELDS),
    ];
    let bounds;
    match since {
        Since::Token(token) => query.push(("syncToken", token)),
        Since::Ever(window) => {
            bounds = [rfc3339(window.start), rfc3339(window.end)];
            query.extend([("timeMin", bounds[0].as_str()), ("timeMax", bounds[1].as_str())]);
        }
    }
    query.extend(page.map(|page| ("pageToken", page)));
    request(Method::GET, &url(base, &["calendars", calendar, "events"], &query))
}

/// A page of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The changes in it.
    pub page: Page,
    /// What follows it.
    pub next: Next,
}

/// What follows a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another page.
    Page(String),
    /// The pull is complete. This token, if there is one, requests the changes from here on.
    End(Option<String>),
}

/// Reads the pages of one pull. An event can be in several of them if it changes
/// meanwhile: a version older than one already read is left out.
#[derive(Debug)]
pub struct Events {
    owner: Owner,
    newest: HashMap<String, Instant>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    kind: Option<Cow<'a, str>>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
}

/// What distinguishes the versions of an event.
#[derive(Deserialize, Default)]
struct Key {
    id: Option<String>,
    updated: Option<String>,
}

impl Events {
    /// Before the first page.
    pub fn new(owner: Owner) -> Self {
        Self { owner, newest: HashMap::new() }
    }

    /// Adds addresses of the calendar's owner.
    pub fn add_emails(&mut self, emails: &[String]) {
        self.owner.add(emails);
    }

    /// Reads the next page.
    pub fn read(&mut self, body: &[u8]) -> Result<Listing, Malformed> {
        let body: Body<'_> = serde_json::from_slice(body).map_err(|e| {
            Malformed(format!("the answer is not a page of events ({:?})", e.classify()))
        })?;
        if body.kind.as_deref() != Some("calendar#events") {
            return Err(Malformed("the answer is not of the kind calendar#events".into()));
        }
        let mut page = Page::default();
        for item in self.latest(body.items.unwrap_or_default()) {
            event::read(item.get(), &self.owner, &mut page);
        }
        let next = match body.next_page_token {
            Some(token) => Next::Page(token),
            None => Next::End(body.next_sync_token),
        };
        Ok(Listing { page, next })
    }

    /// The items, without those that have a newer version.
    fn latest<'a>(&mut self, items: Vec<&'a RawValue>) -> Vec<&'a RawValue> {
        let mut kept: Vec<Option<&RawValue>> = Vec::with_capacity(items.len());
        let mut places: HashMap<String, usize> = HashMap::new();
        for item in items {
            let key: Key = serde_json::from_str(item.get()).unwrap_or_default();
            if item.get() == "null" {
                continue;
            }
            let updated = key.updated.as_deref().and_then(parse_instant);
            if let Some(id) = key.id {
                if let Some(updated) = updated {
                    let newest = self.newest.entry(id.clone()).or_insert(updated);
                    if *newest > updated {
                        continue;
                    }
                    *newest = updated;
                }
                if let Some(earlier) = places.insert(id, kept.len()) {
                    kept[earlier] = None;
                }
            }
            kept.push(Some(item));
        }
        kept.into_iter().flatten().collect()
    }
}

fn rfc3339(instant: Instant) -> String {
    instant.utc().and_utc().to_rfc3339_opts(SecondsFormat::Secs, true)
}
