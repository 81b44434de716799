//! `calendar.bookings`.

use crate::convert;
use crate::scan::{Key, Table};
use engine::Interval;
use engine::availability::Booking;
use engine::time::Instant;
use pgrx::Uuid;

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
    BOOKINGS.scan(&keys, |row| {
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
