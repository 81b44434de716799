//! Events of our own as members of a calendar.

use crate::{Changes, OwnEvent};
use engine::event::{Status, Transparency};
use engine::ics::{self, Attendee, Calendar, Component, Edit, Existing};
use engine::time::Instant;

/// The id of an event: its UID, because some servers use that in any case.
pub fn event_id(own: &OwnEvent) -> String {
    format!("{}.ics", own.uid())
}

/// An event as the body of a member, written at `stamp`.
///
/// Attendees are written only together with an organizer. The server then sends the
/// invitations (RFC 6638).
pub fn resource(own: &OwnEvent, stamp: Instant) -> String {
    let mut event = Component::new(own.uid(), stamp, own.span);
    event.sequence = own.sequence;
    event.summary = Some(own.title.clone());
    event.description.clone_from(&own.notes);
    event.location.clone_from(&own.place);
    event.status = status(own.is_tentative);
    if let Some(owner) = organizer(own) {
        event.attendees.extend(own.invited().map(|(person, email)| attendee(person, email)));
        event.organizer = Some(owner).filter(|_| !event.attendees.is_empty());
    }
    if let Some(obligation) = own.obligation() {
        event.transparency = Transparency::Transparent;
        event.url.clone_from(&obligation.url);
        event.alarms = own.reminders();
    }
    ics::write(&Calendar { components: vec![event], ..Calendar::default() })
}

/// The text of a member in which a booking's event says what has changed since `written`. What
/// others have changed stays. `None` if it says so already. An obligation's member is replaced as
/// a whole ([`resource`]).
pub fn edited(
    existing: Existing<'_>,
    own: &OwnEvent,
    written: Option<&OwnEvent>,
    stamp: Instant,
) -> Option<String> {
    let changes = Changes::new(own, written);
    let (summary, description) = (existing.summary(), existing.description());
    let (location, notes) = (existing.location(), changes.notes(description.as_deref()));
    let present = existing.guests();
    let present: Vec<&str> = present.iter().map(String::as_str).collect();
    let guests = changes.guests(&present);
    let organizer = organizer(own);
    let added = guests
        .as_ref()
        .filter(|_| organizer.is_some())
        .map(|guests| guests.added.iter().map(|(person, email)| attendee(person, email)).collect());
    let edit = Edit {
        span: changes.span().map(|_| own.interval()),
        status: changes.is_tentative().map(status),
        summary: changes.title(summary.as_deref().unwrap_or_default()),
        description: notes.as_deref(),
        location: changes.place(location.as_deref()),
        added: added.unwrap_or_default(),
        removed: guests.map(|guests| guests.removed).unwrap_or_default(),
        organizer,
        sequence: own.sequence,
    };
    existing.edit(&edit, stamp)
}

fn status(is_tentative: bool) -> Status {
    if is_tentative { Status::Tentative } else { Status::Confirmed }
}

fn organizer(own: &OwnEvent) -> Option<ics::Person> {
    let email = own.owner.email.clone()?;
    Some(ics::Person { name: own.owner.name.clone(), email })
}

fn attendee(person: &crate::Person, email: &str) -> Attendee {
    Attendee {
        name: person.name.clone(),
        email: email.to_owned(),
        rsvp: true,
        invited_by_client: false,
    }
}
