//! All that the stand-in knows.

use super::answer::Refusal;
use super::calendar::Calendar;
use super::tokens::Tokens;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state, shared by the handlers and the tests.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) calendars: Vec<Calendar>,
    pub(super) tokens: Tokens,
    pub(super) knobs: Knobs,
    pub(super) mails: Vec<Mail>,
    pub(super) requests: Vec<String>,
    pub(super) channels: Vec<Channel>,
}

/// How Google behaves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Knobs {
    /// Events in a page at most; none = as many as are asked for.
    pub page_size: Option<usize>,
    /// Whether an empty page comes before each other.
    pub empty_pages: bool,
    /// Whether a refresh token is good once, and the answer brings the next.
    pub rotate_refresh_tokens: bool,
    /// Whether a meeting link is made only after the event.
    pub slow_links: bool,
    /// So many PATCH requests come just after somebody else has changed the event.
    pub rivals: usize,
}

/// A channel that is open.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) calendar: String,
    pub(super) address: String,
    pub(super) token: String,
    pub(super) expiration: String,
    /// The number of its last message.
    pub(super) messages: u64,
    /// The calendar's changes of which it has told.
    pub(super) told: u64,
}

/// A mail to somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The event.
    pub event_id: String,
    /// To whom.
    pub to: String,
    /// Whether it says that the event will not take place.
    pub is_cancellation: bool,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A calendar by its id, or the main one.
    pub(super) fn calendar(&mut self, id: &str) -> Result<&mut Calendar, Refusal> {
        let wanted = |calendar: &&mut Calendar| match id {
            "primary" => calendar.is_primary,
            id => calendar.id == id,
        };
        self.calendars.iter_mut().find(wanted).ok_or_else(Refusal::not_found)
    }
}
