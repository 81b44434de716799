//! What a write changes in an event that exists, and what it leaves out where a provider
//! refuses something.

use crate::{Kind, Known, OwnEvent, Person};
use engine::event::Span;
use std::borrow::Cow;

/// What is to be written into an event: of a booking, what has changed here since our last
/// successful write, because all else in the event is its owner's; of an obligation, whatever is
/// not as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    own: &'a OwnEvent,
    written: Option<&'a OwnEvent>,
}

impl<'a> Changes<'a> {
    /// The changes since `written`, which is `None` where it is unknown what we wrote: then only
    /// time and state of a booking are ours.
    pub fn new(own: &'a OwnEvent, written: Option<&'a OwnEvent>) -> Self {
        Self { own, written: written.filter(|_| own.obligation().is_none()) }
    }

    /// The changes since the last write that the database knows of.
    pub fn since(own: &'a OwnEvent, known: Option<&'a Known>) -> Self {
        Self::new(own, known.and_then(|known| known.written.as_ref()))
    }

    /// The time, if it changed here. A move by the owner stays otherwise.
    pub fn span(&self) -> Option<Span> {
        self.written.is_none_or(|w| w.span != self.own.span).then_some(self.own.span)
    }

    /// The state, if it changed here: whether the booking is not confirmed yet.
    pub fn is_tentative(&self) -> Option<bool> {
        let is_changed = self.written.is_none_or(|w| w.is_tentative != self.own.is_tentative);
        is_changed.then_some(self.own.is_tentative)
    }

    /// The title, if it changed here and the event's present one is still ours.
    pub fn title(&self, present: &str) -> Option<&'a str> {
        self.is_due(Some(&self.own.title), |written| Some(&written.title), Some(present))
            .then_some(&self.own.title)
    }

    /// The notes ([`OwnEvent::text`]), if they changed here and the event's present ones are still
    /// ours. Empty notes replace notes that were deleted.
    pub fn notes(&self, present: Option<&str>) -> Option<Cow<'a, str>> {
        let text = self.own.text();
        self.is_due(text.as_deref(), |written| written.notes.as_deref(), present)
            .then(|| text.unwrap_or_default())
    }

    /// The place, if it changed here and the event's present one is still ours. An empty one
    /// replaces one that was deleted.
    pub fn place(&self, present: Option<&str>) -> Option<&'a str> {
        let written = self.written?;
        (self.own.place != written.place && is_same(written.place.as_deref(), present))
            .then(|| self.own.place.as_deref().unwrap_or_default())
    }

    /// The guests who were added here, and the addresses of those who were removed, if the event
    /// still has the guests that we wrote. `present` are the addresses in the event.
    pub fn guests(&self, present: &[&str]) -> Option<Guests<'a>> {
        let written = self.written?;
        let has = |list: &[&str], email: &str| list.iter().any(|e| e.eq_ignore_ascii_case(email));
        let ours: Vec<&str> = self.own.invited().map(|(_, email)| email).collect();
        let before: Vec<&str> = written.invited().map(|(_, email)| email).collect();
        let added = self.own.invited().filter(|(_, email)| !has(&before, email));
        let guests = Guests {
            added: added.filter(|(_, email)| !has(present, email)).collect(),
            removed: before.iter().filter(|email| !has(&ours, email)).copied().collect(),
        };
        let is_altered = before.iter().any(|email| !has(present, email));
        let is_changed = !guests.added.is_empty() || !guests.removed.is_empty();
        (is_changed && !is_altered).then_some(guests)
    }

    /// Whether a text is to be written in place of the present one.
    fn is_due(
        &self,
        own: Option<&str>,
        of: impl Fn(&'a OwnEvent) -> Option<&'a str>,
        present: Option<&str>,
    ) -> bool {
        match (self.own.obligation(), self.written) {
            (Some(_), _) => !is_same(own, present),
            (None, Some(written)) => own != of(written) && is_same(of(written), present),
            (None, None) => false,
        }
    }
}

/// Changes of an event's guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guests<'a> {
    /// To invite.
    pub added: Vec<(&'a Person, &'a str)>,
    /// No longer guests.
    pub removed: Vec<&'a str>,
}

/// Whether two texts say the same. Providers reformat white space.
fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
    one.split_whitespace().eq(other.split_whitespace())
}

/// An event in the form in which it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What is written.
    pub event: OwnEvent,
    /// What was left out. A noun phrase.
    pub without: Option<&'static str>,
}

/// An event as it is, then with less and less that a provider may refuse: the title on one line,
/// then without new guests, then without the title. An event without guests has no organizer
/// either. `written` is what the event says already; `None` = it is new.
pub fn forms(own: &OwnEvent, written: Option<&OwnEvent>) -> Vec<Form> {
    let written = written.filter(|_| own.obligation().is_none());
    let one_line = OwnEvent {
        title: match written {
            Some(written) if written.title == own.title => own.title.clone(),
            _ => plain(&own.title),
        },
        ..own.clone()
    };
    let attendees = |event: OwnEvent| match written {
        None => event.uninvited(),
        Some(written) => OwnEvent { attendees: written.attendees.clone(), ..event },
    };
    let uninvited = attendees(one_line.clone());
    let title = written.map_or(plain_title(&own.kind), |written| &written.title);
    let untitled = OwnEvent { title: title.into(), ..uninvited.clone() };
    let has_new_guests = guests(&uninvited) != guests(own);
    let mut forms = vec![Form { event: own.clone(), without: None }];
    if one_line.title != own.title {
        forms.push(Form { event: one_line, without: Some("the line breaks of the title") });
    }
    if has_new_guests {
        forms.push(Form { event: uninvited.clone(), without: Some("the guests") });
    }
    if untitled.title != uninvited.title {
        let without = if has_new_guests { "the title or the guests" } else { "the title" };
        forms.push(Form { event: untitled, without: Some(without) });
    }
    forms
}

/// The title of a new event whose own is refused.
const fn plain_title(kind: &Kind) -> &'static str {
    match kind {
        Kind::Booking => "Appointment",
        Kind::Obligation(_) => "Deadline",
    }
}

fn guests(event: &OwnEvent) -> Vec<String> {
    event.invited().map(|(_, email)| email.to_lowercase()).collect()
}

/// A text on one line, without control characters.
fn plain(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl OwnEvent {
    /// The same event, to which no one is invited.
    pub fn uninvited(&self) -> Self {
        let mut event = self.clone();
        for person in &mut event.attendees {
            person.email = None;
        }
        event
    }
}
