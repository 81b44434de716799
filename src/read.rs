//! The facts about a broker, as the engine wants them.

mod bookings;
mod broker;
mod calendars;
mod events;
mod meeting_types;
mod overrides;
mod sync_state;
mod working_hours;

pub(crate) use bookings::related as related_bookings;
pub(crate) use broker::BrokerRow;
pub(crate) use calendars::CalendarRow;
pub(crate) use events::{derive_blocks, event_zone, occurs_within};
pub(crate) use meeting_types::MeetingTypeRow;
pub(crate) use overrides::derive_occurrences;
pub(crate) use sync_state::{is_stale, last_successes};

use engine::Interval;
use engine::availability::{Facts, Reach, hours_in_force};
use engine::time::Instant;
use pgrx::Uuid;

/// Facts, and the keys of the rows they come from, in the same order.
pub(crate) struct Known {
    pub(crate) facts: Facts,
    pub(crate) event_ids: Vec<Uuid>,
    pub(crate) booking_ids: Vec<Uuid>,
    pub(crate) override_ids: Vec<Uuid>,
    pub(crate) calendar_ids: Vec<Uuid>,
}

/// Everything that decides about the slots of `reach`. `except` is a booking
/// that does not count, because it is about to be moved or confirmed, and its event with it.
pub(crate) fn facts(row: BrokerRow, reach: &Reach, now: Instant, except: Option<Uuid>) -> Known {
    let (override_ids, overrides) = overrides::within(&row, reach.dates).into_iter().unzip();
    let calendars = CalendarRow::of_broker(&row.id);
    let own = except.map(|booking| events::single_of(&booking)).unwrap_or_default();
    let blocks = blocks_of(&row.id, &calendars, reach.events).into_iter();
    let (event_ids, events) = blocks.filter(|(event, _)| !own.contains(event)).unzip();
    let (calendar_ids, covered) = coverage(&calendars).unzip();
    let (booking_ids, bookings) =
        bookings::within(&row, reach.bookings, now, except).into_iter().unzip();
    let (of_type, of_broker) = working_hours::of(&row);
    let hours = hours_in_force(of_type, of_broker);
    Known {
        facts: Facts { broker: row.broker, hours, overrides, events, bookings, covered, now },
        event_ids,
        booking_ids,
        override_ids,
        calendar_ids,
    }
}

/// Until when the events of each blocking calendar are known.
fn coverage(calendars: &[CalendarRow]) -> impl Iterator<Item = (Uuid, Instant)> {
    let blocking = calendars.iter().filter(|calendar| calendar.policy.blocks_availability);
    blocking.map(|calendar| (calendar.id, calendar.covered_until))
}

/// When events take the broker's time: from the stored blocks where they reach
/// far enough, else from the events themselves.
pub(crate) fn busy_blocks(broker_id: &Uuid, range: Interval) -> Vec<(Uuid, Interval)> {
    blocks_of(broker_id, &CalendarRow::of_broker(broker_id), range)
}

fn blocks_of(
    broker_id: &Uuid,
    calendars: &[CalendarRow],
    range: Interval,
) -> Vec<(Uuid, Interval)> {
    if calendars.iter().all(|calendar| calendar.derived.contains(range)) {
        return events::stored_blocks(broker_id, range);
    }
    let mut blocks = Vec::new();
    for calendar in calendars {
        let derived = derive_blocks(calendar, None, range);
        blocks.extend(derived.finish().map(|block| (block.key, block.interval)));
    }
    blocks
}

/// The broker's bookings that take its time within `range`.
pub(crate) fn booked(
    row: &BrokerRow,
    range: Interval,
    now: Instant,
) -> Vec<engine::availability::Booking> {
    bookings::within(row, range, now, None).into_iter().map(|(_, booking)| booking).collect()
}
