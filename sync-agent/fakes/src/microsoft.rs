//! A stand-in for Microsoft Graph v1.0, calendars.
//!
//! It does what syncing programs report of the real one, even where that is
//! unfriendly: a delta tells occurrences as stubs and a series that is gone as one
//! tombstone, begins with an empty page, and tells of changes outside its window as
//! if they were deletions; a Teams link is there only at a second look.

mod api;
mod delta;
mod event;
mod mailbox;
mod oauth;
mod refusal;
mod subscriptions;

use crate::server::Server;
use axum::response::{IntoResponse, Response};
use mailbox::Mailbox;
use oauth::Grants;
use refusal::Refusal;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use subscriptions::Subscriptions;

/// Microsoft with one account.
#[derive(Debug)]
pub struct Microsoft {
    server: Server,
    shared: Shared,
}

type Shared = Arc<Mutex<State>>;

#[derive(Debug, Default)]
struct State {
    mailbox: Mailbox,
    grants: Grants,
    preferences: Vec<String>,
    subscriptions: Subscriptions,
    /// Where clients find the API, for links.
    base: String,
}

fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Microsoft {
    /// Serves on a port of 127.0.0.1; 0 = one that is free. The account has one
    /// calendar, which allows Teams meetings.
    pub async fn start(port: u16) -> std::io::Result<Self> {
        let shared = Shared::default();
        lock(&shared).mailbox.add_calendar("Calendar", true);
        let server = Server::start(api::router(shared.clone()), port).await?;
        lock(&shared).base = format!("{}/v1.0", server.origin());
        Ok(Self { server, shared })
    }

    /// Clients come through something else that stands there: links lead to it from now
    /// on.
    pub fn is_reached_at(&self, base: &str) {
        lock(&self.shared).base = base.trim_end_matches('/').to_owned();
    }

    /// Where it listens and what goes wrong.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The API's base URL.
    pub fn base(&self) -> String {
        lock(&self.shared).base.clone()
    }

    /// An access token that is good until [`Self::expire_access_tokens`].
    pub fn access_token(&self) -> String {
        lock(&self.shared).grants.access_token()
    }

    /// A refresh token that is good until [`Self::revoke`].
    pub fn refresh_token(&self) -> String {
        lock(&self.shared).grants.refresh_token()
    }

    /// All access tokens so far are too old.
    pub fn expire_access_tokens(&self) {
        lock(&self.shared).grants.expire();
    }

    /// Sends what Graph sends some time after a change: all changes since the last time,
    /// to each subscription. Gives the statuses of the answers; 0 = nobody answers.
    pub async fn notify(&self) -> Vec<u16> {
        subscriptions::notify(&self.shared).await
    }

    /// Sends a lifecycle notification to each subscription: `reauthorizationRequired`,
    /// `missed`, or `subscriptionRemoved`, which then is true. Gives the statuses of the
    /// answers.
    pub async fn tell(&self, lifecycle_event: &str) -> Vec<u16> {
        subscriptions::tell(&self.shared, lifecycle_event).await
    }

    /// How many subscriptions there are.
    pub fn subscriptions(&self) -> usize {
        lock(&self.shared).subscriptions.len()
    }

    /// The account's owner takes all permissions back.
    pub fn revoke(&self) {
        lock(&self.shared).grants.revoke();
    }

    /// The id of the account's first calendar.
    pub fn calendar(&self) -> String {
        lock(&self.shared).mailbox.first_calendar()
    }

    /// The user adds a calendar, or subscribes to one that they cannot edit. Neither
    /// allows Teams meetings.
    pub fn add_calendar(&self, name: &str, can_edit: bool) -> String {
        lock(&self.shared).mailbox.add_calendar(name, can_edit)
    }

    /// The user adds an event: as in the body of a request that creates one, and with
    /// whatever else an event can have, such as `isCancelled`. Gives its id.
    ///
    /// # Panics
    ///
    /// If it is no event.
    pub fn add(&self, calendar: &str, event: Value) -> String {
        let created = lock(&self.shared).mailbox.create(calendar, event);
        created.unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// The user changes an event. A `recurrence` makes an occurrence that was moved
    /// or cancelled regular again.
    ///
    /// # Panics
    ///
    /// If it is not there, or would be no event any more.
    pub fn change(&self, calendar: &str, id: &str, changes: Value) {
        let changed = lock(&self.shared).mailbox.update(calendar, id, changes, None);
        changed.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// The user deletes an event, a series, or one occurrence of it.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn remove(&self, calendar: &str, id: &str) {
        let removed = lock(&self.shared).mailbox.delete(calendar, id, None);
        removed.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// The user moves an event to a calendar: from another, or from the deleted items.
    ///
    /// # Panics
    ///
    /// If it is in none of these.
    pub fn file(&self, id: &str, to: &str) {
        let filed = lock(&self.shared).mailbox.file(id, to);
        filed.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// The id of a series' occurrence, counted from 0.
    pub fn occurrence(&self, series: &str, index: u32) -> String {
        event::occurrence_id(series, index)
    }

    /// The occurrences of a series that take place, each as the API gives it.
    pub fn occurrences(&self, calendar: &str, series: &str) -> Vec<Value> {
        lock(&self.shared).mailbox.occurrences(calendar, series)
    }

    /// The single events and the masters that a calendar holds, each as the API gives
    /// it.
    pub fn events(&self, calendar: &str) -> Vec<Value> {
        lock(&self.shared).mailbox.events(calendar)
    }

    /// The value of an extended property of an event.
    pub fn property(&self, id: &str, name: &str) -> Option<String> {
        lock(&self.shared).mailbox.property(id, name)
    }

    /// Forgets all delta links and links to further pages.
    pub fn forget_links(&self) {
        lock(&self.shared).mailbox.rounds.clear();
    }

    /// What a repeated transaction id is answered with from now on: 409 instead of the
    /// event that there is. Microsoft does not say what it does.
    pub fn refuse_repeated_transactions(&self) {
        lock(&self.shared).mailbox.refuses_repeats = true;
    }

    /// The `Prefer` headers of all requests to the API so far.
    pub fn preferences(&self) -> Vec<String> {
        lock(&self.shared).preferences.clone()
    }

    /// What the API says if it does not do what it is asked, for
    /// [`crate::server::Faults::refuse`].
    pub fn refusal(status: u16, code: &'static str, retry_after: Option<&str>) -> Response {
        let mut response = Refusal::new(status, code).into_response();
        if let Some(value) = retry_after.and_then(|seconds| seconds.parse().ok()) {
            response.headers_mut().insert("retry-after", value);
        }
        response
    }
}
