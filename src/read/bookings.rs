//! `calendar.bookings`.

use super::BrokerRow;
use crate::report;
use crate::scan::{Key, Row, Table, Type};
use engine::Interval;
use engine::availability::Booking;
use engine::time::Instant;
use pgrx::{Uuid, pg_sys};

/// The longest booking, as the table has it.
const LONGEST_MINUTES: i64 = 24 * 60;

static BOOKINGS: Table = Table {
    name: c"bookings",
    columns: &[
        (c"id", Type::Uuid),
        (c"broker_id", Type::Uuid),
        (c"slot_start", Type::Instant),
        (c"slot_end", Type::Instant),
        (c"buffer_before_minutes", Type::Integer),
        (c"buffer_after_minutes", Type::Integer),
        (c"status", Type::Text),
        (c"hold_expires_at", Type::Instant),
        (c"meeting_type_id", Type::Uuid),
    ],
    keys: &[1, 2],
    predicate: None,
    may_read_whole: true,
};

static BY_IDEMPOTENCY_KEY: Table = Table {
    name: c"bookings",
    columns: &[(c"broker_id", Type::Uuid), (c"idempotency_key", Type::Text)],
    keys: &[0, 1],
    predicate: Some("(idempotency_key IS NOT NULL)"),
    may_read_whole: true,
};

static BY_GLOBAL_LEAD: Table = Table {
    name: c"bookings",
    columns: &[
        (c"global_lead_id", Type::Text),
        (c"slot_start", Type::Instant),
        (c"status", Type::Text),
    ],
    keys: &[0, 1],
    predicate: Some(
        "((global_lead_id IS NOT NULL) AND (status = ANY (ARRAY['held'::text, 'pending'::text, 'confirmed'::text])))",
    ),
    may_read_whole: true,
};

/// Calls `each` with the bookings that a request for a slot has to do with: those of
/// its idempotency key, then the active one of its global lead at the same start, then
/// the broker's active one at the same start and its holds, in force or lapsed, in the
/// slot.
///
/// # Safety
/// The keys must be texts that are not null and live during the call.
pub(crate) unsafe fn related(
    broker_id: &Uuid,
    slot: Interval,
    idempotency_key: Option<pg_sys::Datum>,
    global_lead_id: Option<pg_sys::Datum>,
    mut each: impl FnMut(&Row<'_>),
) {
    if let Some(key) = idempotency_key {
        // SAFETY: as the caller's.
        let key = unsafe { Key::text(1, key) };
        BY_IDEMPOTENCY_KEY.scan(&[Key::uuid(0, broker_id), key], &mut each);
    }
    if let Some(key) = global_lead_id {
        // SAFETY: as the caller's.
        let key = unsafe { Key::text(0, key) };
        BY_GLOBAL_LEAD.scan(&[key, Key::at(1, slot.start)], |row| {
            if matches!(row.get(2), Some("held" | "pending" | "confirmed")) {
                each(row);
            }
        });
    }
    let keys = [
        Key::uuid(1, broker_id),
        Key::after(2, slot.start.plus_minutes(-LONGEST_MINUTES)),
        Key::before(2, slot.end),
    ];
    BOOKINGS.scan(&keys, |row| {
        let concerned = match row.get(6) {
            Some("held") => row.instant(3) > slot.start,
            Some("pending" | "confirmed") => row.instant(2) == slot.start,
            _ => false,
        };
        if concerned {
            each(row);
        }
    });
}

/// The bookings that overlap `range` and take their time at `now`, or have: those
/// count towards the daily limit. `except` does not count.
pub(super) fn within(
    row: &BrokerRow,
    range: Interval,
    now: Instant,
    except: Option<Uuid>,
) -> Vec<(Uuid, Booking)> {
    let meeting_type = row.meeting_type;
    let mut bookings = Vec::new();
    let keys = [
        Key::uuid(1, &row.id),
        Key::after(2, range.start.plus_minutes(-LONGEST_MINUTES)),
        Key::before(2, range.end),
    ];
    BOOKINGS.scan_index_only(&keys, |row| {
        let id = row.uuid(0);
        let interval = Interval::new(row.instant(2), row.instant(3));
        let lapses = || row.get::<Instant>(7);
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
                is_of_type: meeting_type.is_some() && row.get(8) == meeting_type,
            };
            report::keep(&mut bookings, (id, booking));
        }
    });
    bookings
}
