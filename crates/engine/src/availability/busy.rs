//! What takes a broker's time, and how far its buffers reach.

use super::{Booking, Broker, Facts};
use crate::Interval;
use crate::interval::merge;

/// The instants that a slot must not touch because of an event: the slot with
/// the broker's buffers around it must be free of the event.
pub(super) fn kept_free_of_event(broker: &Broker, event: Interval) -> Interval {
    Interval::new(
        event.start.plus_minutes(-broker.buffer_after_minutes),
        event.end.plus_minutes(broker.buffer_before_minutes),
    )
}

/// The instants that a slot must not touch because of a booking: between two
/// bookings the larger of the two facing buffers is enough for both.
pub(super) fn kept_free_of_booking(broker: &Broker, booking: &Booking) -> Interval {
    let before = booking.buffer_before_minutes.max(broker.buffer_after_minutes);
    let after = booking.buffer_after_minutes.max(broker.buffer_before_minutes);
    Interval::new(
        booking.interval.start.plus_minutes(-before),
        booking.interval.end.plus_minutes(after),
    )
}

/// All instants that a slot must not touch, merged.
pub(super) fn occupied(facts: &Facts) -> Vec<Interval> {
    let events = facts.events.iter().filter(|event| !event.is_empty());
    let bookings = facts.bookings.iter().filter(|booking| booking.blocks);
    merge(
        events
            .map(|&event| kept_free_of_event(&facts.broker, event))
            .chain(bookings.map(|booking| kept_free_of_booking(&facts.broker, booking)))
            .collect(),
    )
}

/// The busy time inside `window`: events and bookings without buffers, merged
/// and clipped.
pub fn merged_busy(events: &[Interval], bookings: &[Booking], window: Interval) -> Vec<Interval> {
    let bookings = bookings.iter().filter(|b| b.blocks).map(|b| b.interval);
    merge(events.iter().copied().chain(bookings).map(|i| i.intersect(window)).collect())
}
