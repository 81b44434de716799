//! Bookings as members of a calendar.

use crate::OwnEvent;
use engine::event::{Span, Status};
use engine::ics::{self, Attendee, Calendar, Component};
use engine::time::Instant;

/// The id of a booking's event: its UID, because some servers use that in any case.
pub fn event_id(own: &OwnEvent) -> String {
    format!("{}.ics", own.uid())
}

/// A booking as the body of a member, written at `stamp`.
///
/// Attendees are written only together with an organizer. The server then sends the
/// invitations (RFC 6638).
pub fn resource(own: &OwnEvent, stamp: Instant) -> String {
    let span = Span::Times(own.span);
    let mut event = Component::new(own.uid(), stamp, span);
    event.sequence = own.sequence;
    event.summary = Some(own.title.clone());
    event.description.clone_from(&own.notes);
    event.status = if own.is_tentative { Status::Tentative } else { Status::Confirmed };
    if let Some(email) = &own.owner.email {
        let owner = ics::Person { name: own.owner.name.clone(), email: email.clone() };
        event.attendees.extend(own.invited().map(|(person, email)| Attendee {
            name: person.name.clone(),
            email: email.to_owned(),
            rsvp: true,
            invited_by_client: false,
        }));
        event.organizer = Some(owner).filter(|_| !event.attendees.is_empty());
    }
    ics::write(&Calendar { components: vec![event], ..Calendar::default() })
}
