//! A part of what a pull brings.

use engine::batch::write_events;
use engine::event::{Event, When};
use engine::time::Instant;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// The most events in one page, which bounds the memory of the agent.
pub const MAX_EVENTS: usize = 500;

/// Some of the changes that a provider reports: a part of `apply_sync`'s batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// New and changed events.
    pub events: Vec<Event>,
    /// Events that are gone.
    pub deleted: Vec<Deleted>,
    /// Events that could not be understood.
    pub rejected: Vec<Rejected>,
    /// Ids whose master and overrides are all in `events`: any other override of theirs
    /// is gone.
    pub whole: Vec<String>,
    /// Ids of events that are there as they were: their version is known, so that they were not
    /// read again.
    pub unchanged: Vec<String>,
    /// What is there and takes no time in the window.
    pub outside: Vec<Outside>,
}

/// What is there and takes no time in the window: it is remembered, so that it need not be read
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outside {
    /// The provider's id.
    pub external_event_id: String,
    /// Its version, as in [`Event::etag`].
    pub etag: String,
    /// From when on it may take place again; `None` = never.
    #[serde(serialize_with = "optional_instant")]
    pub occurs_at: Option<Instant>,
}

fn optional_instant<S: Serializer>(
    instant: &Option<Instant>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    instant.map(|instant| When::At(instant).to_string()).serialize(serializer)
}

/// An event that is gone with its overrides, or one override that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The provider's id.
    pub external_event_id: String,
    /// The override; `None` = the whole family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence_id: Option<String>,
}

/// An event that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The provider's id, where it could be read.
    pub external_event_id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl Rejected {
    /// An event that is named by its title, if it has one.
    pub fn new(external_event_id: Option<String>, title: Option<&str>, reason: &str) -> Self {
        let reason = match title.map(str::trim).filter(|title| !title.is_empty()) {
            Some(title) => format!("{title}: {reason}"),
            None => reason.to_owned(),
        };
        Self { external_event_id, reason }
    }
}

impl Page {
    /// Whether it contains nothing.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.deleted.is_empty()
            && self.rejected.is_empty()
            && self.whole.is_empty()
            && self.unchanged.is_empty()
            && self.outside.is_empty()
    }

    /// The same in parts of no more than [`MAX_EVENTS`] events, one after another; none if it is
    /// empty.
    pub fn into_parts(mut self) -> impl Iterator<Item = Self> + Send {
        // Taken from the front, each part has its own memory, which ends with it.
        let mut events = std::mem::take(&mut self.events).into_iter();
        let mut first = Some(self);
        std::iter::from_fn(move || {
            let rest = first.take().unwrap_or_default();
            let part = Self { events: events.by_ref().take(MAX_EVENTS).collect(), ..rest };
            (!part.is_empty()).then_some(part)
        })
    }

    /// `{"events", "deleted", "rejected", "whole", "unchanged", "outside"}` of `apply_sync`'s batch, as JSON.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Batch<'a> {
            events: Option<Box<RawValue>>,
            deleted: &'a [Deleted],
            rejected: &'a [Rejected],
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            whole: &'a [String],
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            unchanged: &'a [String],
            #[serde(skip_serializing_if = "<[Outside]>::is_empty")]
            outside: &'a [Outside],
        }
        let batch = Batch {
            events: RawValue::from_string(write_events(&self.events)).ok(),
            deleted: &self.deleted,
            rejected: &self.rejected,
            whole: &self.whole,
            unchanged: &self.unchanged,
            outside: &self.outside,
        };
        without_nul(serde_json::to_string(&batch).unwrap_or_default())
    }
}

/// JSON with U+FFFD for each U+0000, which PostgreSQL's text cannot hold: one would fail
/// the whole batch.
fn without_nul(json: String) -> String {
    const NUL: &str = r"\u0000";
    if !json.contains(NUL) {
        return json;
    }
    // Escape by escape, for `\\u0000` is a backslash and text.
    let mut clean = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        clean.push_str(before);
        if let Some(after) = escape.strip_prefix(NUL) {
            clean.push(char::REPLACEMENT_CHARACTER);
            rest = after;
        } else {
            // The backslash and what it escapes, which is ASCII.
            let (escaped, after) = escape.split_at(2);
            clean.push_str(escaped);
            rest = after;
        }
    }
    clean + rest
}
