//! `calendar.brokers`.

use crate::caller::{self, Access};
use crate::report;
use crate::scan::{Key, Table};
use engine::Interval;
use engine::availability::Broker;
use engine::time::Zone;
use pgrx::Uuid;

/// One row.
pub(crate) struct BrokerRow {
    pub(crate) id: Uuid,
    pub(crate) broker: Broker,
    pub(crate) user_id: Option<Uuid>,
    pub(crate) public_booking: bool,
    /// Where `override_occurrences` is complete.
    pub(crate) derived: Interval,
}

static BROKERS: Table<14> = Table {
    name: c"brokers",
    index: c"brokers_pkey",
    columns: [
        c"id",
        c"timezone",
        c"slot_duration_minutes",
        c"slot_increment_minutes",
        c"buffer_before_minutes",
        c"buffer_after_minutes",
        c"minimum_notice_minutes",
        c"booking_horizon_days",
        c"max_bookings_per_day",
        c"booking_enabled",
        c"public_booking",
        c"user_id",
        c"overrides_from",
        c"overrides_until",
    ],
};

impl BrokerRow {
    /// The broker of this key.
    pub(crate) fn find(id: &Uuid) -> Option<Self> {
        let mut found = None;
        BROKERS.scan(&[Key::uuid(0, id)], |row| {
            let minutes = |column| i64::from(row.value::<i32>(column));
            found = Some(Self {
                id: *id,
                broker: Broker {
                    zone: report::or_raise(Zone::iana(row.get::<&str>(1).unwrap_or_default())),
                    slot_duration_minutes: minutes(2),
                    slot_increment_minutes: row.get::<i32>(3).map(i64::from),
                    buffer_before_minutes: minutes(4),
                    buffer_after_minutes: minutes(5),
                    minimum_notice_minutes: minutes(6),
                    booking_horizon_days: minutes(7),
                    max_bookings_per_day: row.get::<i32>(8).map(i64::from),
                    booking_enabled: row.value(9),
                },
                public_booking: row.value(10),
                user_id: row.get(11),
                derived: Interval::new(row.instant(12), row.instant(13)),
            });
        });
        found
    }

    /// What the session's role may do with it; `None` where it is unknown to it.
    pub(crate) fn access(&self) -> Option<Access> {
        caller::access(self.user_id, self.public_booking)
    }
}
