//! A stand-in for GoHighLevel (LeadConnector) API 2.0, calendars.

mod answer;
mod contacts;
mod events;
mod oauth;
mod state;

pub use answer::{refusal, throttled};
pub use state::{CALENDAR, LOCATION, OTHER_USER, ROUND_ROBIN, USER};

use crate::server::Server;
use answer::Refusal;
use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use chrono::{DateTime, FixedOffset};
use serde_json::{Map, Value, json};
use state::{Event, State};

/// One location, with a calendar of one user and one that two share.
#[derive(Debug)]
pub struct Ghl {
    server: Server,
    state: State,
}

/// From when to when.
pub type Time = (DateTime<FixedOffset>, DateTime<FixedOffset>);

/// One of the appointments of a series.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence {
    /// When it was to start.
    pub original: DateTime<FixedOffset>,
    /// When it takes place.
    pub time: Time,
}

/// What is blocked.
#[derive(Debug, Clone, Copy)]
pub enum Blocked<'a> {
    /// A calendar.
    Calendar(&'a str),
    /// A user, in all calendars: as by an event in a calendar from elsewhere.
    User(&'a str),
}

impl Ghl {
    /// The token of a private integration, which is always good.
    pub const TOKEN: &'static str = "pit-00000000-0000-0000-0000-000000000000";

    /// Serves on a port of 127.0.0.1; 0 = one that is free.
    pub async fn start(port: u16) -> std::io::Result<Self> {
        let state = State::default();
        state.lock().tokens.private.insert(Self::TOKEN.into());
        let router = Router::new()
            .route("/calendars/", get(events::calendars))
            .route("/calendars/{id}", get(events::one_calendar))
            .route("/calendars/events", get(events::appointments))
            .route("/calendars/blocked-slots", get(events::blocked_slots))
            .route("/calendars/events/appointments", post(events::create))
            .route(
                "/calendars/events/appointments/{id}",
                get(events::appointment).put(events::update),
            )
            .route("/calendars/events/block-slots", post(events::block))
            .route("/calendars/events/block-slots/{id}", put(events::update_block))
            .route("/calendars/events/{id}", delete(events::delete))
            .route("/contacts/upsert", post(contacts::upsert))
            .layer(from_fn_with_state(state.clone(), admit))
            .route("/v2/oauth/chooselocation", get(oauth::consent))
            .route("/oauth/token", post(oauth::token))
            .with_state(state.clone());
        Ok(Self { server: Server::start(router, port).await?, state })
    }

    /// Where it listens and what goes wrong.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The owner lets an application in: its authorization code.
    pub fn authorize(&self) -> String {
        self.state.lock().new_code()
    }

    /// All access tokens expire.
    pub fn expire_access_tokens(&self) {
        self.state.lock().tokens.access.clear();
    }

    /// The owner takes back what was allowed.
    pub fn revoke(&self) {
        self.state.lock().tokens = state::Tokens::default();
    }

    /// Lists show what was deleted, from now on.
    pub fn list_deleted(&self) {
        self.state.lock().lists_deleted = true;
    }

    /// A user adds an appointment. Gives its id.
    pub fn add(&self, calendar: &str, title: &str, time: Time) -> String {
        let mut held = self.state.lock();
        let id = held.new_id();
        let members = members(&id, calendar, title);
        held.insert(Event { is_blocked_slot: false, is_deleted: false, time, members });
        id
    }

    /// A user adds a series of appointments: each occurrence by when it was to start, and
    /// when it takes place. Gives the id of the series.
    pub fn add_series(&self, calendar: &str, title: &str, occurrences: &[Occurrence]) -> String {
        let id = self.state.lock().new_id();
        self.change_series(&id, calendar, title, occurrences);
        id
    }

    /// A user makes a series into another.
    pub fn change_series(&self, id: &str, calendar: &str, title: &str, occurrences: &[Occurrence]) {
        let mut held = self.state.lock();
        held.delete(id);
        for Occurrence { original, time } in occurrences {
            let seconds = (time.1 - time.0).num_seconds();
            let own = format!("{id}_{}_{seconds}", original.timestamp_millis());
            let mut members = members(&own, calendar, title);
            members.insert("masterEventId".into(), json!(id));
            members.insert("isRecurring".into(), json!(true));
            members.insert("rrule".into(), json!("RRULE:FREQ=DAILY;INTERVAL=1"));
            held.insert(Event { is_blocked_slot: false, is_deleted: false, time: *time, members });
        }
    }

    /// A user blocks time. Gives the slot's id.
    pub fn block(&self, what: Blocked<'_>, title: &str, time: Time) -> String {
        let mut held = self.state.lock();
        let id = held.new_id();
        let (key, owner) = match what {
            Blocked::Calendar(id) => ("calendarId", id),
            Blocked::User(id) => ("assignedUserId", id),
        };
        let members = [("id", id.as_str()), ("title", title), (key, owner)];
        let members = members.into_iter().map(|(key, value)| (key.to_owned(), json!(value)));
        let members = members.collect();
        held.insert(Event { is_blocked_slot: true, is_deleted: false, time, members });
        id
    }

    /// A user changes an event: those members that are given, as a request would. Whether
    /// there is one.
    pub fn change(&self, id: &str, said: &Map<String, Value>) -> bool {
        self.state.lock().change(id, |event| events::apply(event, said)).is_some()
    }

    /// A user deletes an event, or a series. Whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        self.state.lock().delete(id)
    }

    /// All events, as lists show them.
    pub fn events(&self) -> Vec<Value> {
        let held = self.state.lock();
        held.events.values().filter(|event| !event.is_deleted).map(Event::listed).collect()
    }

    /// All contacts.
    pub fn contacts(&self) -> Vec<Value> {
        self.state.lock().contacts.values().cloned().map(Value::Object).collect()
    }
}

fn members(id: &str, calendar: &str, title: &str) -> Map<String, Value> {
    let owner = state::calendar(calendar);
    let user = owner.as_ref().and_then(|calendar| state::users(calendar).first().copied());
    let members = json!({
        "id": id, "calendarId": calendar, "title": title, "appointmentStatus": "confirmed",
        "assignedUserId": user, "createdBy": {"source": "calendar_page"},
    });
    members.as_object().cloned().unwrap_or_default()
}

/// Lets through who bears a good token and names the version that the resource has.
async fn admit(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    match check(&state, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(state: &State, request: &Request) -> Result<(), Refusal> {
    let header = |name| request.headers().get(name)?.to_str().ok();
    let version = match request.uri().path() {
        path if path.starts_with("/calendars") => "2021-04-15",
        _ => "2021-07-28",
    };
    if header("version") != Some(version) {
        return Err(Refusal::new(401, "version header is invalid"));
    }
    let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let tokens = &state.lock().tokens;
    let is_good = |token| tokens.private.contains(token) || tokens.access.contains(token);
    if !token.is_some_and(is_good) {
        return Err(Refusal::new(401, "Invalid token: access token is invalid"));
    }
    Ok(())
}

/// Refuses other locations.
fn here(location: Option<&str>) -> Result<(), Refusal> {
    match location {
        Some(LOCATION) => Ok(()),
        Some(_) => Err(Refusal::new(403, "The token does not have access to this location.")),
        None => Err(Refusal::new(422, vec!["locationId should not be empty"])),
    }
}
