//! `calendar.calendars`.

use crate::report;
use crate::scan::{Key, Row, Table, Type};
use engine::Interval;
use engine::blocking::CalendarPolicy;
use engine::time::{Instant, Zone};
use pgrx::Uuid;

/// One row.
pub(crate) struct CalendarRow {
    pub(crate) id: Uuid,
    zone: String,
    pub(crate) policy: CalendarPolicy,
    /// Where `busy_blocks` is complete.
    pub(crate) derived: Interval,
    /// Until when all its events are known.
    pub(crate) covered_until: Instant,
}

static OF_BROKER: Table = Table {
    name: c"calendars",
    columns: &[
        (c"id", Type::Uuid),
        (c"broker_id", Type::Uuid),
        (c"timezone", Type::Text),
        (c"blocks_availability", Type::Bool),
        (c"tentative_blocks", Type::Bool),
        (c"all_day_blocks", Type::Bool),
        (c"blocks_from", Type::Instant),
        (c"blocks_until", Type::Instant),
        (c"covered_until", Type::Instant),
        (c"gone_at", Type::Instant),
    ],
    keys: &[1],
    predicate: None,
    may_read_whole: true,
};

static BY_ID: Table = Table { keys: &[0], ..OF_BROKER };

impl CalendarRow {
    /// The calendars of a broker.
    pub(crate) fn of_broker(broker_id: &Uuid) -> Vec<Self> {
        let mut calendars = Vec::with_capacity(4);
        OF_BROKER
            .scan_index_only(&[Key::uuid(1, broker_id)], |row| calendars.push(Self::from_row(row)));
        calendars
    }

    /// The calendar of this key.
    pub(crate) fn find(id: &Uuid) -> Option<Self> {
        let mut found = None;
        BY_ID.scan(&[Key::uuid(0, id)], |row| found = Some(Self::from_row(row)));
        found
    }

    /// The zone of its all-day events and floating times.
    pub(crate) fn zone(&self) -> Zone {
        report::or_raise(Zone::iana(&self.zone))
    }

    fn from_row(row: &Row<'_>) -> Self {
        Self {
            id: row.uuid(0),
            zone: row.value::<&str>(2).to_owned(),
            policy: CalendarPolicy {
                // What is gone takes no time.
                blocks_availability: row.value(3) && row.get::<Instant>(9).is_none(),
                tentative_blocks: row.value(4),
                all_day_blocks: row.value(5),
            },
            derived: Interval::new(row.instant(6), row.instant(7)),
            covered_until: row.instant(8),
        }
    }
}
