//! What has been understood of a stream: of several versions of an event, the newest.

use super::version::{Age, Version};
use crate::event::{Event, Span, When};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What an iCalendar stream holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// Its VEVENTs, in the order of the stream: of several with the same UID and
    /// RECURRENCE-ID the newest, in the place of the first.
    pub events: Vec<Event>,
    /// Its VEVENTs that could not be understood.
    pub rejected: Vec<Rejected>,
    /// The UIDs whose events are all in [`Parsed::events`]: everything else that
    /// was known of them is gone.
    pub whole: Vec<String>,
}

/// A VEVENT that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its UID, if it has one.
    pub uid: Option<String>,
    /// What is wrong: names the property, its value and what would be allowed.
    pub reason: String,
}

/// What has been understood so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) parsed: Parsed,
    ages: Vec<Age>,
    index: HashMap<(String, Option<When>), usize>,
    /// Events that were cancelled with all their occurrences.
    cancelled: HashMap<String, Age>,
    namesakes: Namesakes,
}

/// Which VEVENTs with the same UID and no RECURRENCE-ID are events of their own if they start at
/// different times. All others are versions of one event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Namesakes {
    #[default]
    None,
    EquallyOld,
    All,
}

impl Found {
    pub(super) fn new(namesakes: Namesakes) -> Self {
        Self { namesakes, ..Self::default() }
    }

    pub(super) fn reject(&mut self, uid: Option<String>, reason: String) {
        self.parsed.rejected.push(Rejected { uid, reason });
    }

    pub(super) fn cancel(&mut self, version: Version) {
        if version.event.recurrence_id.is_none() {
            let id = version.event.external_event_id.clone();
            self.parsed.whole.push(id.clone());
            let age = self.cancelled.entry(id).or_insert(version.age);
            *age = version.age.max(*age);
        }
        self.add(version);
    }

    /// Leaves out occurrences of events that were cancelled after them.
    pub(super) fn finish(self) -> Parsed {
        let Self { mut parsed, ages, cancelled, .. } = self;
        let mut ages = ages.into_iter();
        parsed.events.retain(|event| {
            let age = ages.next();
            event.recurrence_id.is_none() || age.as_ref() > cancelled.get(&event.external_event_id)
        });
        parsed
    }

    pub(super) fn add(&mut self, Version { event, age }: Version) {
        match self.index.entry((event.external_event_id.clone(), event.recurrence_id)) {
            Entry::Vacant(entry) => {
                entry.insert(self.parsed.events.len());
                self.parsed.events.push(event);
                self.ages.push(age);
            }
            Entry::Occupied(entry) => {
                let at = *entry.get();
                let known = &mut self.parsed.events[at];
                let is_equally_old = self.ages[at] == age;
                // None of them is a version of the other: all of the time is taken.
                let is_shorter =
                    self.namesakes != Namesakes::None && is_equally_old && is_within(&event, known);
                let is_newer = self.ages[at] <= age && !is_shorter;
                let is_kept = match self.namesakes {
                    Namesakes::None => false,
                    Namesakes::EquallyOld => is_equally_old,
                    Namesakes::All => true,
                };
                let is_namesake = is_kept
                    && event.recurrence_id.is_none()
                    && event.span.start() != known.span.start();
                let older = if is_newer { std::mem::replace(known, event) } else { event };
                if is_newer {
                    self.ages[at] = age;
                }
                if is_namesake {
                    self.add_beside(older, at);
                }
            }
        }
    }

    /// Adds an event as an occurrence beside the one with its UID.
    fn add_beside(&mut self, mut event: Event, at: usize) {
        if event.recurrence.is_some() {
            let reason = "another event of the resource has its UID, and it recurs: a series must \
                          have a UID of its own (RFC 4791 section 4.1)";
            return self.reject(Some(event.external_event_id), reason.into());
        }
        // Else it would be taken for an occurrence that the newer version does not have any more.
        let Event { sequence, updated_at, .. } = self.parsed.events[at];
        (event.sequence, event.updated_at) = (sequence, updated_at);
        let age = self.ages[at];
        self.add(Version { event, age }.added());
    }
}

/// Whether a single event takes no time but that of another single one, from its start on.
fn is_within(event: &Event, other: &Event) -> bool {
    let ends_first = match (event.span, other.span) {
        (Span::Times(event), Span::Times(other)) => event.end < other.end,
        (Span::Dates(_, event), Span::Dates(_, other)) => event < other,
        _ => false,
    };
    ends_first
        && event.span.start() == other.span.start()
        && (event.status, event.transparency) == (other.status, other.transparency)
        && event.recurrence.is_none()
        && other.recurrence.is_none()
}
