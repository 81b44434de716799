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
    /// What its user names it by; an occurrence of a series has one of its own.
    pub(crate) id: String,
    /// The id that our database has of it.
    pub(crate) mirrored: String,
    /// The series of which it is an occurrence.
    pub(crate) series: Option<String>,
    /// Whether the account's other calendar has it.
    pub(crate) is_elsewhere: bool,
    /// The booking whose mark or UID it has.
    pub(crate) booking: Option<Uuid>,
    pub(crate) span: Span,
    /// Its title, notes and alarm, as far as [`Provider::remark`] sets them here.
    pub(crate) remarks: Vec<String>,
}

impl Seen {
    /// A single event of the user's.
    pub(crate) fn single(id: &str, span: Span) -> Self {
        Self {
            id: id.to_owned(),
            mirrored: id.to_owned(),
            series: None,
            is_elsewhere: false,
            booking: None,
            span,
            remarks: Vec::new(),
        }
    }
}

/// A stand-in with one account.
pub(crate) trait Provider {
    /// What `connect_account` calls it.
    fn name(&self) -> &'static str;
    /// Where it listens, and what goes wrong there.
    fn server(&self) -> &Server;
    /// What the provider calls the calendar.
    fn calendar(&self) -> String;
    /// What the provider calls the account's other calendar, where there is one.
    fn other_calendar(&self) -> Option<String> {
        None
    }
    /// What reaches it.
    fn connector(&self, http: Http) -> Arc<dyn Connector>;
    /// How the program connects to it.
    fn program(&self) -> Program;
    /// The events that are there.
    fn events(&self) -> Vec<Seen>;
    /// The user adds an event.
    fn add(&self, title: &str, span: Span);
    /// The user adds an event that takes place again on the days after. False where there is no
    /// such thing.
    fn add_series(&self, _title: &str, _first: Span, _count: u32) -> bool {
        false
    }
    /// The user deletes a series.
    fn delete_series(&self, id: &str) {
        self.delete(id);
    }
    /// The user moves an event.
    fn shift(&self, id: &str, span: Span);
    /// The user changes the title, the notes and the alarm of an event.
    fn remark(&self, id: &str, number: u32);
    /// What [`Seen::remarks`] then are.
    fn remarked(&self, number: u32) -> Vec<String>;
    /// The user deletes an event.
    fn delete(&self, id: &str);
    /// The user has an event take place again on the days after. False where there is no such
    /// thing.
    fn make_series(&self, _event: &Seen, _count: u32) -> bool {
        false
    }
    /// The user copies an event to the account's other calendar, or from there, with its mark.
    /// Returns the copy's id, where there can be one.
    fn copy(&self, _event: &Seen) -> Option<String> {
        None
    }
    /// The user has an event take whole days. False where there are no such events.
    fn make_all_day(&self, _id: &str, _days: Span) -> bool {
        false
    }
    /// The user puts back an event that they deleted. False where that cannot be done.
    fn put_back(&self, _id: &str) -> bool {
        false
    }
    /// The user moves an event to the account's other calendar, or back from there. False where
    /// there is one calendar alone.
    fn refile(&self, _id: &str) -> bool {
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
