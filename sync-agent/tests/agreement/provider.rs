//! What users do at a provider's stand-in, and what they see there.

use crate::time::Span;
use provider_fakes::server::Server;
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::Http;
use uuid::Uuid;

/// An event, as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) id: String,
    /// The booking whose mark or UID it has.
    pub(crate) booking: Option<Uuid>,
    pub(crate) span: Span,
    /// Its title, notes and alarm, as far as [`Provider::remark`] sets them here.
    pub(crate) remarks: Vec<String>,
}

/// A stand-in with one calendar.
pub(crate) trait Provider {
    /// What `connect_account` calls it.
    fn name(&self) -> &'static str;
    /// Where it listens, and what goes wrong there.
    fn server(&self) -> &Server;
    /// What the provider calls the calendar.
    fn calendar(&self) -> String;
    /// What reaches it.
    fn connector(&self, http: Http) -> Arc<dyn Connector>;
    /// How the program connects to it.
    fn program(&self) -> Program;
    /// The events that are there.
    fn events(&self) -> Vec<Seen>;
    /// The user adds an event.
    fn add(&self, title: &str, span: Span);
    /// The user moves an event.
    fn shift(&self, id: &str, span: Span);
    /// The user changes the title, the notes and the alarm of an event.
    fn remark(&self, id: &str, number: u32);
    /// What [`Seen::remarks`] then are.
    fn remarked(&self, number: u32) -> Vec<String>;
    /// The user deletes an event.
    fn delete(&self, id: &str);
    /// The user has an event take whole days. False where there are no such events.
    fn make_all_day(&self, _id: &str, _days: Span) -> bool {
        false
    }
    /// The user puts back an event that they deleted. False where that cannot be done.
    fn put_back(&self, _id: &str) -> bool {
        false
    }
    /// The provider forgets its sync tokens.
    fn forget_tokens(&self) {}
}

/// How `sync-agent connect` is called.
pub(crate) struct Program {
    /// All but the broker.
    pub(crate) arguments: Vec<String>,
    /// What it reads from its standard input.
    pub(crate) secret: String,
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// Sends requests with a token that does not expire.
pub(crate) fn bearing(http: Http, token: &str) -> Authorized {
    Authorized::new(http, Arc::new(secrecy::SecretString::from(token.to_owned())))
}

/// The booking of an id that may have hyphens.
pub(crate) fn booking(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok()
}
