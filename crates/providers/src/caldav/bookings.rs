//! Bookings as members of a calendar.

use crate::{Booking, Person};
use engine::Interval;
use engine::event::{Span, Status};
use engine::ics::{self, Attendee, Calendar, Component};
use engine::time::Instant;

/// The id of a booking's event: its UID, which some servers make it anyway.
pub fn event_id(booking: &Booking) -> String {
    format!("{}.ics", booking.uid())
}

/// A booking as the body of a member, written at `stamp`.
///
/// Whom to invite is told only with who invites, and then it is up to the server to
/// do so (RFC 6638).
pub fn resource(booking: &Booking, stamp: Instant) -> String {
    let span = Span::Times(Interval::new(booking.start, booking.end));
    let mut event = Component::new(booking.uid(), stamp, span);
    event.sequence = booking.sequence;
    event.summary = Some(booking.title.clone());
    event.description.clone_from(&booking.notes);
    event.status = if booking.is_tentative { Status::Tentative } else { Status::Confirmed };
    if let (Some(broker), Some(lead)) = (address(&booking.broker), address(&booking.lead)) {
        event.organizer = Some(broker);
        event.attendees.push(Attendee {
            name: lead.name,
            email: lead.email,
            rsvp: true,
            invited_by_client: false,
        });
    }
    ics::write(&Calendar { components: vec![event], ..Calendar::default() })
}

fn address(person: &Person) -> Option<ics::Person> {
    let email = person.email.clone()?;
    Some(ics::Person { name: person.name.clone(), email })
}
