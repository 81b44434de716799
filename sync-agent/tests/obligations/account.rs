//! A user's account at a provider, with two calendars.

use engine::event::Span;
use provider_fakes::server::Server;
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::Http;

/// An event as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) notes: String,
    pub(crate) span: Span,
    pub(crate) is_free: bool,
    /// Reminders, as minutes before the start.
    pub(crate) reminders: Vec<u64>,
    pub(crate) guests: usize,
}

pub(crate) trait Account {
    /// What `connect_account` calls it.
    fn provider(&self) -> &'static str;
    /// What the provider calls the calendars.
    fn calendars(&self) -> [String; 2];
    /// What goes wrong there; none at a real server.
    fn server(&self) -> Option<&Server>;
    /// How a request begins that creates an event.
    fn creates(&self) -> &'static str;
    fn connector(&self, http: Http) -> Arc<dyn Connector>;
    /// The events of a calendar: ids and what they say, in the order in which they were made, where
    /// that can be known.
    fn events(&self, calendar: &str) -> Vec<(String, Shown)>;
    /// The user renames an event, moves it to a time on 20 March, has it take time and remind of
    /// nothing.
    fn change(&self, calendar: &str, id: &str);
    /// The user deletes an event.
    fn delete(&self, calendar: &str, id: &str);
}

/// Sends requests with a token that does not expire.
pub(crate) fn bearing(http: Http, token: String) -> Authorized {
    Authorized::new(http, Arc::new(secrecy::SecretString::from(token)))
}
