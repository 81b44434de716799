//! `calendar.working_hours`.

use super::BrokerRow;
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
        (c"meeting_type_id", Type::Uuid),
    ],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
};

/// The rows of the meeting type asked for, and those of the broker.
pub(super) fn of(broker: &BrokerRow) -> (Vec<WorkingHours>, Vec<WorkingHours>) {
    let (mut of_type, mut of_broker) = (vec![], Vec::with_capacity(8));
    WORKING_HOURS.scan_index_only(&[Key::uuid(0, &broker.id)], |row| {
        let rows = match row.get::<Uuid>(7) {
            None => &mut of_broker,
            of if of == broker.meeting_type => &mut of_type,
            _ => return,
        };
        let row = WorkingHours {
            weekday: u32::try_from(row.value::<i32>(1)).unwrap_or(0),
            start: row.value(2),
            end: row.value(3),
            // An infinite date bounds nothing.
            valid_from: row.get(4),
            valid_until: row.get(5),
            is_active: row.value(6),
        };
        report::keep(rows, row);
    });
    (of_type, of_broker)
}
