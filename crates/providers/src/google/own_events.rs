//! Events of our own.

use super::{Problem, event, object, request, url, with_json};
use crate::answers::{Answer, Asked, of_status};
use crate::proof::Shown;
use crate::{Changes, Kind, Malformed, OwnEvent, Owner, Page, Person, Version, Written};
use chrono::SecondsFormat;
use engine::event::{Span, When};
use engine::time::{parse_date, parse_instant};
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::{Map, Value, json};
use url::Url;

/// The most reminders of an event.
const MAX_REMINDERS: usize = 5;

/// The earliest reminder, in minutes: four weeks before.
const MAX_MINUTES: u32 = 40_320;

/// The private extended property that holds the id of what an event is for.
const fn mark(kind: &Kind) -> &'static str {
    match kind {
        Kind::Booking => "syncAgentBooking",
        Kind::Obligation(_) => "syncAgentObligation",
    }
}

/// The conference solution of Google Meet.
pub(super) const MEET: &str = "hangoutsMeet";

/// The members of an event of ours that are requested.
const FIELDS: &str = "kind,id,etag,status,updated,summary,description,visibility,transparency,\
    eventType,start,end,recurrence,recurringEventId,originalStartTime,attendees,attendeesOmitted,\
    reminders,extendedProperties/private,conferenceData,hangoutLink";

/// The id that an event is created with, which is unique in a calendar: base32hex, as Google demands.
/// Creating it again then fails, instead of making a second one.
pub fn event_id(own: &OwnEvent) -> String {
    format!("{}{}", own.kind.prefix(), own.id.simple())
}

/// Creates an event, with a Google Meet link if wanted.
pub fn insert(base: &Url, calendar: &str, own: &OwnEvent, meet: bool) -> Request<Vec<u8>> {
    let mut event = whole(own);
    event.insert("id".into(), event_id(own).into());
    if meet {
        event.insert("conferenceData".into(), create_meet(own));
    }
    let url = url(base, &["calendars", calendar, "events"], &writing(own));
    with_json(request(Method::POST, &url), &event.into())
}

/// Asks for an event.
pub fn get(base: &Url, calendar: &str, id: &str) -> Request<Vec<u8>> {
    let url = url(base, &["calendars", calendar, "events", id], &[("fields", FIELDS)]);
    request(Method::GET, &url)
}

/// Asks for a page of the events that have our mark.
pub fn marked(base: &Url, calendar: &str, own: &OwnEvent, page: Option<&str>) -> Request<Vec<u8>> {
    let (mark, fields) =
        (format!("{}={}", mark(&own.kind), own.id), format!("kind,nextPageToken,items({FIELDS})"));
    let mut query = vec![("privateExtendedProperty", mark.as_str()), ("fields", &fields)];
    query.extend(page.map(|page| ("pageToken", page)));
    request(Method::GET, &url(base, &["calendars", calendar, "events"], &query))
}

/// Reads the answer to [`marked`]: the marked events that exist, and the next page.
pub fn read_marked(
    body: &[u8],
    own: &OwnEvent,
) -> Result<(Vec<Existing>, Option<String>), Malformed> {
    let list = object(body, "calendar#events")?;
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let existing = items.iter().filter_map(|item| Existing::of(item.clone()).ok());
    let existing = existing.filter(|e| e.is_of(own) && !e.is_cancelled()).collect();
    Ok((existing, list["nextPageToken"].as_str().map(str::to_owned)))
}

/// The kind of an answer to a request about one event. Limits also come as 403.
pub fn answer(asked: Asked, status: StatusCode, body: &[u8]) -> Answer {
    let problem = || Problem::read(body);
    match of_status(status) {
        Answer::Proof if asked == Asked::Remove && body.trim_ascii().is_empty() => Answer::Proof,
        Answer::Proof if asked == Asked::Remove => Answer::OtherPage,
        Answer::Proof => match Existing::read(body) {
            Ok(_) => Answer::Proof,
            Err(_) => Answer::OtherPage,
        },
        Answer::RefusedContent if problem().is_usage_limit() => Answer::Throttled,
        Answer::RefusedContent if problem().lacks_scope() => Answer::Credential,
        other => other,
    }
}

/// Deletes an event and notifies its attendees, if it is a booking's.
pub fn delete(base: &Url, calendar: &str, id: &str, own: &OwnEvent) -> Request<Vec<u8>> {
    let url = url(base, &["calendars", calendar, "events", id], &[send_updates(own)]);
    request(Method::DELETE, &url)
}

/// An event that exists or has been deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Existing {
    id: String,
    event: Value,
}

impl Existing {
    /// Reads the answer to [`get`], [`insert`] or [`Existing::patch`].
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        Self::of(object(body, "calendar#event")?)
    }

    fn of(event: Value) -> Result<Self, Malformed> {
        let id = event["id"].as_str().ok_or_else(|| Malformed("the event has no id".into()))?;
        Ok(Self { id: id.to_owned(), event })
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it has been deleted. Its id stays taken.
    pub fn is_cancelled(&self) -> bool {
        self.event["status"] == "cancelled"
    }

    /// Whether it is the event of what it is marked with. The remains of a deleted event may not
    /// show it.
    pub fn is_of(&self, own: &OwnEvent) -> bool {
        match self.event["extendedProperties"]["private"][mark(&own.kind)].as_str() {
            Some(mark) => mark == own.id.to_string(),
            None => self.is_cancelled() && self.id == event_id(own),
        }
    }

    /// The id of the first occurrence, if the event has become a series: the booking is its first
    /// occurrence.
    pub fn first_occurrence(&self) -> Option<String> {
        self.event["recurrence"].as_array().filter(|lines| !lines.is_empty())?;
        let start = &self.event["start"];
        let suffix = match start["date"].as_str() {
            Some(date) => date.replace('-', ""),
            None => {
                let start = start["dateTime"].as_str().and_then(parse_instant)?;
                start.utc().format("%Y%m%dT%H%M%SZ").to_string()
            }
        };
        Some(format!("{}_{suffix}", self.id))
    }

    /// The event as a part of a pull.
    pub fn page(&self, owner: &Owner) -> Page {
        let mut page = Page::default();
        event::read(&self.event.to_string(), owner, &mut page);
        page
    }

    /// Whether Google is still making its Meet link.
    pub fn is_link_pending(&self) -> bool {
        self.event["conferenceData"]["createRequest"]["status"]["statusCode"] == "pending"
    }

    /// The result for the booking.
    pub fn written(&self) -> Written {
        let entries = self.event["conferenceData"]["entryPoints"].as_array();
        let video = entries.into_iter().flatten().find(|e| e["entryPointType"] == "video");
        let link = video.and_then(|entry| entry["uri"].as_str());
        let link = link.or_else(|| self.event["hangoutLink"].as_str());
        Written {
            version: Version {
                external_event_id: self.id.clone(),
                etag: self.event["etag"].as_str().map(str::to_owned),
            },
            meeting_link: link.map(str::to_owned),
            refused: None,
        }
    }

    /// Writes what has changed here since `written` into the event, on the condition that it has
    /// not been changed meanwhile. `None` if there is nothing to write. A deleted event is
    /// restored, with a Google Meet link if wanted.
    pub fn patch(
        &self,
        base: &Url,
        calendar: &str,
        own: &OwnEvent,
        written: Option<&OwnEvent>,
        meet: bool,
    ) -> Option<Request<Vec<u8>>> {
        let mut changes = if self.is_cancelled() {
            whole(own)
        } else {
            self.differences(own, Changes::new(own, written))
        };
        for key in ["start", "end"] {
            // A date and a time exclude each other: what is not to be there must be taken away.
            let shown = &self.event[key];
            let Some(point) = changes.get_mut(key).and_then(Value::as_object_mut) else { continue };
            for other in ["date", "dateTime", "timeZone"] {
                if !point.contains_key(other) && !shown[other].is_null() {
                    point.insert(other.into(), Value::Null);
                }
            }
        }
        if own.obligation().is_some() && !self.event["recurrence"].is_null() {
            changes.insert("recurrence".into(), Value::Null);
        }
        if self.is_cancelled() && meet && self.event["conferenceData"].is_null() {
            changes.insert("conferenceData".into(), create_meet(own));
        }
        if changes.is_empty() {
            return None;
        }
        let url = url(base, &["calendars", calendar, "events", &self.id], &writing(own));
        let mut request = with_json(request(Method::PATCH, &url), &changes.into());
        let etag = self.event["etag"].as_str().and_then(|etag| HeaderValue::from_str(etag).ok());
        if let Some(etag) = etag {
            request.headers_mut().insert(header::IF_MATCH, etag);
        }
        Some(request)
    }

    fn differences(&self, own: &OwnEvent, changes: Changes<'_>) -> Map<String, Value> {
        let mut wanted = whole(own);
        wanted.retain(|key, value| match key.as_str() {
            "start" => changes.span().is_some_and(|span| self.when(key) != Some(ends(span).0)),
            "end" => changes.span().is_some_and(|span| self.when(key) != Some(ends(span).1)),
            "status" => changes.is_tentative().is_some_and(|t| self.text(key) != status(t)),
            "summary" => changes.title(self.text(key)).is_some(),
            // An obligation's.
            "transparency" | "reminders" => self.event[key] != *value,
            // The mark is there, or the event is known by its id.
            _ => false,
        });
        if let Some(notes) = changes.notes(self.event["description"].as_str()) {
            wanted.insert("description".into(), notes.into_owned().into());
        }
        if let Some(place) = changes.place(self.event["location"].as_str()) {
            wanted.insert("location".into(), place.into());
        }
        if let Some(attendees) = self.attendees(changes) {
            wanted.insert("attendees".into(), attendees);
        }
        wanted
    }

    /// Reads the answer to the change of this one.
    pub fn read_changed(
        &self,
        body: &[u8],
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Result<Self, Malformed> {
        Self::read(body)?.after_change_of(self, own, written)
    }

    /// Reads the answer to [`insert`].
    pub fn read_created(body: &[u8], own: &OwnEvent) -> Result<Self, Malformed> {
        Self::read(body)?.after_creation(own)
    }

    fn when(&self, key: &str) -> Option<When> {
        let text = |form: &str| self.event[key][form].as_str();
        let time = text("dateTime").and_then(parse_instant).map(When::At);
        time.or_else(|| text("date").and_then(parse_date).map(When::Date))
    }

    /// The attendees with the changes of ours. `None` if there are none, or if the other
    /// attendees are not known, because the list is replaced as a whole.
    fn attendees(&self, changes: Changes<'_>) -> Option<Value> {
        let mut attendees = self.event["attendees"].as_array().cloned().unwrap_or_default();
        let present: Vec<&str> = attendees.iter().filter_map(|a| a["email"].as_str()).collect();
        let guests = changes.guests(&present)?;
        if self.event["attendeesOmitted"] == true {
            return None;
        }
        attendees.retain(|attendee| {
            let email = attendee["email"].as_str().unwrap_or_default();
            !guests.removed.iter().any(|removed| removed.eq_ignore_ascii_case(email))
        });
        attendees.extend(guests.added.iter().map(|(person, email)| attendee(person, email)));
        Some(attendees.into())
    }

    fn text(&self, key: &str) -> &str {
        let default = if key == "status" { "confirmed" } else { "" };
        self.event[key].as_str().unwrap_or(default).trim()
    }
}

impl Shown for Existing {
    fn shown_id(&self) -> &str {
        &self.id
    }

    fn shows_other_time(&self, own: &OwnEvent) -> bool {
        let (start, end) = ends(own.span);
        let differs = |key, at| self.when(key).is_some_and(|shown| shown != at);
        differs("start", start) || differs("end", end)
    }
}

/// The parameters of every change: mails to the attendees, and support for
/// conference data.
fn writing(own: &OwnEvent) -> [(&'static str, &'static str); 2] {
    [("conferenceDataVersion", "1"), send_updates(own)]
}

/// Whether attendees get mails. What the user of a calendar adds to a deadline is theirs.
fn send_updates(own: &OwnEvent) -> (&'static str, &'static str) {
    ("sendUpdates", if own.obligation().is_some() { "none" } else { "all" })
}

/// The members of an event that we determine.
fn whole(own: &OwnEvent) -> Map<String, Value> {
    let point = |when: When| match when {
        When::Date(date) => json!({"date": date}),
        When::At(instant) => {
            let time = instant.utc().and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
            json!({"dateTime": time, "timeZone": own.timezone})
        }
    };
    let mut event = Map::new();
    event.insert("summary".into(), own.title.clone().into());
    // An obligation's are taken away where it has none.
    if let Some(text) = own.text().or_else(|| own.obligation().map(|_| "".into())) {
        event.insert("description".into(), text.into_owned().into());
    }
    if let Some(place) = &own.place {
        event.insert("location".into(), place.clone().into());
    }
    let (start, end) = ends(own.span);
    event.insert("start".into(), point(start));
    event.insert("end".into(), point(end));
    event.insert("status".into(), status(own.is_tentative).into());
    let attendees: Vec<_> = own.invited().map(|(person, email)| attendee(person, email)).collect();
    if !attendees.is_empty() {
        event.insert("attendees".into(), attendees.into());
    }
    if own.obligation().is_some() {
        event.insert("transparency".into(), "transparent".into());
        event.insert("reminders".into(), reminders(own));
    }
    event.insert("extendedProperties".into(), json!({"private": {mark(&own.kind): own.id}}));
    event
}

/// The earliest reminders that Google holds.
fn reminders(own: &OwnEvent) -> Value {
    let minutes = own.reminders().into_iter().filter(|minutes| *minutes <= MAX_MINUTES);
    let overrides = minutes.take(MAX_REMINDERS);
    let overrides: Vec<_> = overrides.map(|m| json!({"method": "popup", "minutes": m})).collect();
    json!({"useDefault": false, "overrides": overrides})
}

/// Where it starts and ends.
fn ends(span: Span) -> (When, When) {
    match span {
        Span::Dates(first, end) => (When::Date(first), When::Date(end)),
        Span::Times(interval) => (When::At(interval.start), When::At(interval.end)),
    }
}

const fn status(is_tentative: bool) -> &'static str {
    if is_tentative { "tentative" } else { "confirmed" }
}

fn attendee(person: &Person, email: &str) -> Value {
    let mut attendee = json!({"email": email, "responseStatus": "needsAction"});
    if let Some(name) = &person.name {
        attendee["displayName"] = name.clone().into();
    }
    attendee
}

/// Requests a Meet link. Google ignores a request id that it has seen before, so each
/// version of the booking has its own.
fn create_meet(own: &OwnEvent) -> Value {
    json!({"createRequest": {
        "requestId": format!("{}-{}", own.id, own.sequence),
        "conferenceSolutionKey": {"type": MEET},
    }})
}
