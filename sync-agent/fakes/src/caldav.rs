//! A stand-in for a CalDAV server (RFC 4791) with collection synchronisation (RFC 6578), with one
//! user. It does what Radicale does; the suite that holds connectors to a rule runs against both.
//!
//! It does not follow series: a calendar-query with a time-range lists every member that may take
//! place in it.

mod api;
mod collection;
mod component;
mod path;
mod properties;
mod report;

use crate::server::Server;
use axum::Router;
use collection::Collection;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A CalDAV server with one user. What is done through its methods is what the user does with
/// another program.
#[derive(Debug)]
pub struct Caldav {
    server: Server,
    shared: Shared,
}

/// How the server behaves.
#[derive(Debug, Clone, Copy)]
pub struct Knobs {
    /// Whether it supports sync-collection.
    pub sync_collection: bool,
    /// Whether calendars have a `getctag`.
    pub ctags: bool,
}

#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    knobs: Knobs,
    calendars: BTreeMap<String, Collection>,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { sync_collection: true, ctags: true }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Caldav {
    /// The user.
    pub const USERNAME: &str = "alice";
    /// And the password.
    pub const PASSWORD: &str = "wonderland";

    /// Serves on a port of 127.0.0.1; 0 = one that is free.
    pub async fn start(port: u16) -> std::io::Result<Self> {
        let shared = Shared::default();
        let router = Router::new().fallback(api::answer).with_state(shared.clone());
        Ok(Self { server: Server::start(router, port).await?, shared })
    }

    /// Where it listens, and what goes wrong.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The URL of the user's calendars.
    pub fn home(&self) -> String {
        format!("{}{}", self.server.origin(), path::HOME)
    }

    /// Changes how it behaves.
    pub fn set(&self, knobs: Knobs) {
        self.shared.lock().knobs = knobs;
    }

    /// Adds an empty calendar. Returns its URL.
    pub fn add_calendar(&self, name: &str) -> String {
        self.shared.lock().calendars.insert(name.to_owned(), Collection::default());
        format!("{}{name}/", self.home())
    }

    /// Writes a member of a calendar.
    ///
    /// # Panics
    /// When there is no such calendar, or the member's UID is in use in it.
    pub fn put(&self, calendar: &str, member: &str, ics: &str) {
        assert!(self.put_if_new(calendar, member, ics), "a UID that no other member has");
    }

    /// Writes a member of a calendar, unless another member has its UID (RFC 4791 section 5.3.2).
    /// Whether it was written.
    ///
    /// # Panics
    /// When there is no such calendar.
    pub fn put_if_new(&self, calendar: &str, member: &str, ics: &str) -> bool {
        let mut state = self.shared.lock();
        let collection = state.calendars.get_mut(calendar).expect("a calendar of that name");
        collection.put(member, ics.to_owned()).is_ok()
    }

    /// Removes a member of a calendar. Whether there was one.
    pub fn remove(&self, calendar: &str, member: &str) -> bool {
        let mut state = self.shared.lock();
        state.calendars.get_mut(calendar).is_some_and(|collection| collection.remove(member))
    }

    /// The members of a calendar: names and contents.
    pub fn members(&self, calendar: &str) -> Vec<(String, String)> {
        let state = self.shared.lock();
        let members = state.calendars.get(calendar).map(Collection::members);
        members
            .into_iter()
            .flatten()
            .map(|(name, member)| (name.clone(), member.ics.clone()))
            .collect()
    }

    /// Forgets how calendars were before: sync tokens are refused.
    pub fn forget_tokens(&self) {
        self.shared.lock().calendars.values_mut().for_each(Collection::forget);
    }
}
