//! `calendar.working_hours`.

use crate::report;
use crate::scan::{Key, Table, Type};
use engine::availability::WorkingHours;
use pgrx::Uuid;

static WORKING_HOURS: Table = Table {
    name: c"working_hours",
    columns: &[
        (c"broker_id", Type::Uuid),
        (c"weekday", Type::Integer),
        (c"start_local", Type::Time),
        (c"end_local", Type::Time),
        (c"valid_from", Type::Date),
        (c"valid_until", Type::Date),
        (c"is_active", Type::Bool),
    ],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
};

/// All rows of a broker.
pub(super) fn of(broker_id: &Uuid) -> Vec<WorkingHours> {
    let mut rows = Vec::with_capacity(8);
    WORKING_HOURS.scan_index_only(&[Key::uuid(0, broker_id)], |row| {
        let row = WorkingHours {
            weekday: u32::try_from(row.value::<i32>(1)).unwrap_or(0),
            start: row.value(2),
            end: row.value(3),
            // An infinite date bounds nothing.
            valid_from: row.get(4),
            valid_until: row.get(5),
            is_active: row.value(6),
        };
        report::keep(&mut rows, row);
    });
    rows
}
