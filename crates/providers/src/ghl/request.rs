//! Requests.

use super::appointment::{description, status};
use super::time::iso;
use super::{Appointment, Calendar, Contact};
use crate::{Malformed, OwnEvent, Person};
use chrono::TimeDelta;
use engine::Interval;
use engine::time::Instant;
use http::{HeaderValue, Method, Request, header};
use serde_json::{Map, Value, json};
use url::Url;

/// `Version` of `/calendars`.
const CALENDARS: &str = "2021-04-15";

/// `Version` of `/contacts`.
const CONTACTS: &str = "2021-07-28";

/// The longest window of one request. The API documents no limit, and its answers have no
/// pages.
const CHUNK: TimeDelta = TimeDelta::days(92);

type Result<T> = std::result::Result<T, Malformed>;

/// A location ("sub-account"), which has calendars and contacts.
#[derive(Debug, Clone)]
pub struct Location {
    base: Url,
    id: String,
}

/// The owner of blocked slots.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// A calendar.
    Calendar(&'a str),
    /// A user, for all calendars, including the external calendars that the user has
    /// connected.
    User(&'a str),
}

impl Location {
    /// A location, at the API's base URL.
    pub fn new(base: Url, id: impl Into<String>) -> Self {
        Self { base, id: id.into() }
    }

    /// Its calendars; read by [`calendars`](super::calendars).
    pub fn calendars(&self) -> Result<Request<Vec<u8>>> {
        // With a slash at the end.
        let url = self.url(&["calendars", ""], &[("locationId", &self.id)])?;
        get(&url)
    }

    /// A calendar; read by [`Calendar::read`].
    pub fn calendar(&self, id: &str) -> Result<Request<Vec<u8>>> {
        get(&self.url(&["calendars", id], &[])?)
    }

    /// The appointments of a calendar in a window; read by [`page`](super::page).
    pub fn appointments(&self, calendar_id: &str, window: Interval) -> Result<Request<Vec<u8>>> {
        self.list("events", Of::Calendar(calendar_id), window)
    }

    /// The blocked slots in a window, which are not among the appointments; read by
    /// [`page`](super::page).
    pub fn blocked_slots(&self, of: Of<'_>, window: Interval) -> Result<Request<Vec<u8>>> {
        self.list("blocked-slots", of, window)
    }

    /// An appointment; read by [`Appointment::read`].
    pub fn appointment(&self, id: &str) -> Result<Request<Vec<u8>>> {
        get(&self.url(&["calendars", "events", "appointments", id], &[])?)
    }

    /// Makes a contact of a lead ([`leads`]), or finds the one that exists; read by
    /// [`Contact::read`]. Every appointment must have one.
    pub fn upsert_contact(&self, own: &OwnEvent, lead: &Person) -> Result<Request<Vec<u8>>> {
        let body = fields([
            ("locationId", Some(json!(self.id))),
            ("name", Some(json!(lead.name.as_ref().unwrap_or(&own.title)))),
            ("email", lead.email.as_ref().map(|email| json!(email))),
            ("phone", lead.phone.as_ref().map(|phone| json!(phone))),
        ]);
        send(Method::POST, &self.url(&["contacts", "upsert"], &[])?, CONTACTS, &body)
    }

    /// Creates the appointment of a booking; read by [`Appointment::read_created`].
    pub fn create(
        &self,
        calendar: &Calendar,
        contact: &Contact,
        own: &OwnEvent,
    ) -> Result<Request<Vec<u8>>> {
        let Interval { start, end } = own.interval();
        let mut body = always(own);
        body.extend(fields([
            ("title", Some(json!(own.title))),
            ("startTime", Some(json!(iso(start)))),
            ("endTime", Some(json!(iso(end)))),
            ("description", Some(json!(description(own)))),
            ("address", own.place.as_ref().map(|place| json!(place))),
            ("calendarId", Some(json!(calendar.id))),
            ("locationId", Some(json!(self.id))),
            ("contactId", Some(json!(contact.id))),
            ("assignedUserId", calendar.assignee().map(|user| json!(user))),
            ("appointmentStatus", Some(json!(status(own)))),
        ]));
        let url = self.url(&["calendars", "events", "appointments"], &[])?;
        send(Method::POST, &url, CALENDARS, &body)
    }

    /// Writes changes ([`Appointment::changes`]) into an appointment; read by
    /// [`Appointment::read_changed`].
    pub fn update(
        &self,
        current: &Appointment,
        mut changes: Map<String, Value>,
        own: &OwnEvent,
    ) -> Result<Request<Vec<u8>>> {
        changes.extend(always(own));
        let url = self.url(&["calendars", "events", "appointments", &current.id], &[])?;
        send(Method::PUT, &url, CALENDARS, &changes)
    }

    /// Deletes an appointment.
    pub fn delete(&self, id: &str) -> Result<Request<Vec<u8>>> {
        let url = self.url(&["calendars", "events", id], &[])?;
        send(Method::DELETE, &url, CALENDARS, &Map::new())
    }

    fn list(&self, what: &str, of: Of<'_>, window: Interval) -> Result<Request<Vec<u8>>> {
        let whose = match of {
            Of::Calendar(id) => ("calendarId", id),
            Of::User(id) => ("userId", id),
        };
        let milliseconds = |at: Instant| at.0.div_euclid(1000).to_string();
        let (start, end) = (milliseconds(window.start), milliseconds(window.end));
        let query =
            [("locationId", self.id.as_str()), whose, ("startTime", &start), ("endTime", &end)];
        get(&self.url(&["calendars", what], &query)?)
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Malformed("the base URL cannot have a path".into()))?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

/// The first attendee, then with less and less that may be refused, and what was left out.
pub fn leads(own: &OwnEvent) -> Vec<(Person, Option<&'static str>)> {
    let lead = own.attendees.first().cloned().unwrap_or_default();
    let mut leads = vec![(lead.clone(), None)];
    if lead.phone.is_some() {
        let person = Person { phone: None, ..lead.clone() };
        leads.push((person, Some("the telephone number of the guest")));
    }
    if lead.email.is_some() && lead.phone.is_some() {
        let person = Person { email: None, ..lead.clone() };
        leads.push((person, Some("the e-mail address of the guest")));
    }
    if lead.email.is_some() || lead.phone.is_some() {
        let person = Person { name: lead.name, ..Person::default() };
        leads.push((person, Some("the guest's e-mail address and telephone number")));
    }
    leads.dedup_by(|next, before| next.0 == before.0);
    leads
}

/// Windows that make up a window, each short enough for one request.
pub fn chunks(window: Interval) -> impl Iterator<Item = Interval> {
    let mut start = window.start;
    std::iter::from_fn(move || {
        let end = window.end.min(start + CHUNK);
        let chunk = Interval::new(start, end);
        start = end;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// The window in which a booking's appointment is searched for. It is wide, because the
/// booking may have been moved since the appointment was created.
pub fn surroundings(own: &OwnEvent) -> Interval {
    let start = own.interval().start;
    Interval::new(start + -CHUNK / 2, start + CHUNK / 2)
}

/// What goes with every write of an appointment.
fn always(own: &OwnEvent) -> Map<String, Value> {
    fields([
        // Whether the contact is notified.
        ("toNotify", Some(json!(own.invited().next().is_some()))),
        // The database has decided that the time is free.
        ("ignoreFreeSlotValidation", Some(json!(true))),
        ("ignoreDateRange", Some(json!(true))),
    ])
}

/// The members that have a value.
fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

fn get(url: &Url) -> Result<Request<Vec<u8>>> {
    request(Method::GET, url, CALENDARS, Vec::new())
}

fn send(
    method: Method,
    url: &Url,
    version: &'static str,
    body: &Map<String, Value>,
) -> Result<Request<Vec<u8>>> {
    let body = serde_json::to_vec(body).map_err(|error| Malformed(error.to_string()))?;
    let mut request = request(method, url, version, body)?;
    request
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}

fn request(
    method: Method,
    url: &Url,
    version: &'static str,
    body: Vec<u8>,
) -> Result<Request<Vec<u8>>> {
    Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(header::ACCEPT, "application/json")
        .header("Version", version)
        .body(body)
        .map_err(|_| Malformed("an id is too long for a URL".into()))
}
