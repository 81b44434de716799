//! A stand-in for Google Calendar API v3, with one account.
//!
//! It does not expand series, and knows no other parameters and methods than those
//! that the agent needs.

mod answer;
mod api;
mod calendar;
mod channels;
mod conference;
mod event;
mod list;
mod oauth;
mod state;
mod tokens;

pub use calendar::Calendar;
pub use state::{Knobs, Mail};

use crate::server::Server;
use answer::Refusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::Value;
use state::Shared;

/// The scopes of the tokens that are there from the start.
const SCOPES: &str = "https://www.googleapis.com/auth/calendar.events \
    https://www.googleapis.com/auth/calendar.calendarlist.readonly";

/// Google with one account. What is done through its methods is what the account's
/// owner does in the browser.
#[derive(Debug)]
pub struct Google {
    server: Server,
    shared: Shared,
}

impl Google {
    /// The OAuth client that it knows.
    pub const CLIENT_ID: &str = oauth::CLIENT_ID;
    /// And its secret.
    pub const CLIENT_SECRET: &str = oauth::CLIENT_SECRET;

    /// Serves on a port of 127.0.0.1; 0 = one that is free.
    pub async fn start(port: u16) -> std::io::Result<Self> {
        let shared = Shared::default();
        let server = Server::start(api::router(shared.clone()), port).await?;
        Ok(Self { server, shared })
    }

    /// Where it listens, and what goes wrong.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Where the API is.
    pub fn base(&self) -> String {
        format!("{}/calendar/v3/", self.server.origin())
    }

    /// Gives an access token without asking.
    pub fn access_token(&self) -> String {
        self.shared.lock().tokens.give_access(SCOPES)
    }

    /// Gives a refresh token without asking.
    pub fn refresh_token(&self) -> String {
        self.shared.lock().tokens.give_refresh(SCOPES)
    }

    /// Changes how it behaves.
    pub fn set(&self, knobs: Knobs) {
        self.shared.lock().knobs = knobs;
    }

    /// Adds a calendar.
    pub fn add_calendar(&self, calendar: Calendar) {
        self.shared.lock().calendars.push(calendar);
    }

    /// Makes an event; gives its id.
    pub fn create(&self, calendar: &str, event: &Value) -> Result<String, String> {
        let event = self.shared.lock().calendar(calendar).and_then(|c| c.insert(event));
        Ok(event.map_err(|refusal| describe(&refusal))?["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Merges changes into an event, or into an occurrence (`MASTER_20261201T080000Z`).
    pub fn change(&self, calendar: &str, id: &str, changes: &Value) -> Result<(), String> {
        let mut state = self.shared.lock();
        let change = state.calendar(calendar).and_then(|c| c.change(id, changes, false));
        change.map(drop).map_err(|refusal| describe(&refusal))
    }

    /// Deletes an event, or an occurrence.
    pub fn delete(&self, calendar: &str, id: &str) -> Result<(), String> {
        let deleted = self.shared.lock().calendar(calendar).and_then(|c| c.delete(id));
        deleted.map(drop).map_err(|refusal| describe(&refusal))
    }

    /// Moves an event to another calendar, where it keeps its id.
    pub fn file(&self, from: &str, id: &str, to: &str) -> Result<(), String> {
        let mut state = self.shared.lock();
        let event = state.calendar(from).and_then(|calendar| calendar.give(id));
        let moved = event.and_then(|event| state.calendar(to)?.store(event));
        moved.map(drop).map_err(|refusal| describe(&refusal))
    }

    /// An event, deleted or not.
    pub fn event(&self, calendar: &str, id: &str) -> Option<Value> {
        self.shared.lock().calendar(calendar).and_then(|c| c.get(id)).ok()
    }

    /// The events that are not deleted.
    pub fn events(&self, calendar: &str) -> Vec<Value> {
        let mut state = self.shared.lock();
        state.calendar(calendar).map(|c| c.living().cloned().collect()).unwrap_or_default()
    }

    /// The mails sent so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.lock().mails.clone()
    }

    /// The requests so far that were not refused: method and path with query.
    pub fn requests(&self) -> Vec<String> {
        self.shared.lock().requests.clone()
    }

    /// Sends what Google sends to open channels some time after a change: a
    /// notification to each whose calendar has changed since the last. Gives the
    /// statuses of the answers; 0 = nobody answers.
    pub async fn notify(&self) -> Vec<u16> {
        channels::notify(&self.shared).await
    }

    /// How many channels are open.
    pub fn channels(&self) -> usize {
        self.shared.lock().channels.len()
    }

    /// Forgets how calendars were before: sync and page tokens are answered with 410.
    pub fn expire_sync_tokens(&self) {
        self.shared.lock().calendars.iter_mut().for_each(|c| c.generation += 1);
    }

    /// Access tokens are answered with 401.
    pub fn expire_access_tokens(&self) {
        self.shared.lock().tokens.access.clear();
    }

    /// The owner withdraws consent: refresh tokens are answered with `invalid_grant`.
    pub fn withdraw_consent(&self) {
        let tokens = &mut self.shared.lock().tokens;
        tokens.access.clear();
        tokens.refresh.clear();
    }

    /// The next request is answered as one too many: 403 or 429, with a reason such
    /// as `rateLimitExceeded`, and Retry-After in seconds.
    pub fn throttle(&self, status: StatusCode, reason: &str, retry_after: Option<u16>) {
        let mut answer = Refusal::usage_limit(status, reason).into_response();
        if let Some(seconds) = retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        self.server.faults().refuse(answer);
    }
}

fn describe(refusal: &Refusal) -> String {
    format!("{refusal:?}")
}
