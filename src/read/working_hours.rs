//! `calendar.working_hours`.

use crate::convert;
use crate::scan::{Key, Table};
use engine::availability::WorkingHours;
use pgrx::Uuid;

static WORKING_HOURS: Table<7> = Table {
    name: c"working_hours",
    index: c"working_hours_broker_id_idx",
    columns: [
        c"broker_id",
        c"weekday",
        c"start_local",
        c"end_local",
        c"valid_from",
        c"valid_until",
        c"is_active",
    ],
};

/// All rows of a broker.
pub(super) fn of(broker_id: &Uuid) -> Vec<WorkingHours> {
    let mut rows = Vec::with_capacity(8);
    WORKING_HOURS.scan_index_only(&[Key::uuid(0, broker_id)], |row| {
        // An infinite date bounds nothing.
        let date = |column| row.get::<i32>(column).and_then(convert::date);
        rows.push(WorkingHours {
            weekday: u32::try_from(row.value::<i32>(1)).unwrap_or(0),
            start: row.value(2),
            end: row.value(3),
            valid_from: date(4),
            valid_until: date(5),
            is_active: row.value(6),
        });
    });
    rows
}
