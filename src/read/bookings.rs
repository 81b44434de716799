//! `calendar.bookings`.

use crate::convert;
use crate::scan::{Key, Row, Table};
use engine::Interval;
use engine::availability::Booking;
use engine::time::Instant;
use pgrx::{Uuid, pg_sys};

/// The longest booking, as the table has it.
const LONGEST_MINUTES: i64 = 24 * 60;

static BOOKINGS: Table<8> = Table {
    name: c"bookings",
    index: c"bookings_broker_id_slot_start_idx",
    columns: [
        c"id",
        c"broker_id",
        c"slot_start",
        c"slot_end",
        c"buffer_before_minutes",
        c"buffer_after_minutes",
        c"status",
        c"hold_expires_at",
    ],
};

static BY_IDEMPOTENCY_KEY: Table<2> = Table {
    name: c"bookings",
    index: c"bookings_idempotency",
    columns: [c"broker_id", c"idempotency_key"],
};

static BY_LEAD: Table<2> = Table {
    name: c"bookings",
    index: c"bookings_lead_at_one_place",
    columns: [c"lead_key", c"slot_start"],
};

/// Calls `each` with the bookings that a request for a slot has to do with: the one
/// of its idempotency key, then its lead's at the same start, then the broker's
/// holds, in force or lapsed, in the slot. The keys are texts.
pub(crate) fn related(
    broker_id: &Uuid,
    slot: Interval,
    idempotency_key: Option<pg_sys::Datum>,
    lead_key: Option<pg_sys::Datum>,
    mut each: impl FnMut(&Row<'_>),
) {
    if let Some(key) = idempotency_key {
        BY_IDEMPOTENCY_KEY.scan(&[Key::uuid(0, broker_id), Key::text(1, key)], &mut each);
    }
    if let Some(key) = lead_key {
        BY_LEAD.scan(&[Key::text(0, key), Key::at(1, slot.start)], &mut each);
    }
    let keys = [
        Key::uuid(1, broker_id),
        Key::after(2, slot.start.plus_minutes(-LONGEST_MINUTES)),
        Key::before(2, slot.end),
    ];
    BOOKINGS.scan(&keys, |row| {
        if row.get(6) == Some("held") && row.instant(3) > slot.start {
            each(row);
        }
    });
}

/// The bookings that overlap `range` and take their time at `now`, or have: those
/// count towards the daily limit. `except` does not count.
pub(super) fn within(
    broker_id: &Uuid,
    range: Interval,
    now: Instant,
    except: Option<Uuid>,
) -> Vec<(Uuid, Booking)> {
    let mut bookings = Vec::new();
    let keys = [
        Key::uuid(1, broker_id),
        Key::after(2, range.start.plus_minutes(-LONGEST_MINUTES)),
        Key::before(2, range.end),
    ];
    BOOKINGS.scan_index_only(&keys, |row| {
        let id = row.uuid(0);
        let interval = Interval::new(row.instant(2), row.instant(3));
        let lapses = || row.get::<i64>(7).map(convert::instant);
        let blocks = match row.get::<&str>(6) {
            Some("pending" | "confirmed") => true,
            Some("held") if lapses().is_some_and(|at| now < at) => true,
            Some("completed" | "no_show") => false,
            _ => return,
        };
        if interval.overlaps(range) && Some(id) != except {
            let minutes = |column| i64::from(row.value::<i32>(column));
            let booking = Booking {
                interval,
                buffer_before_minutes: minutes(4),
                buffer_after_minutes: minutes(5),
                blocks,
            };
            bookings.push((id, booking));
        }
    });
    bookings
}
