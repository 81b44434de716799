//! `calendar.brokers`.

use crate::caller::{self, Access};
use crate::report::{self, UnknownBroker};
use crate::scan::{Key, Table, Type};
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
    longest_public_minutes: i64,
    /// Where `override_occurrences` is complete.
    pub(crate) derived: Interval,
}

static BROKERS: Table = Table {
    name: c"brokers",
    columns: &[
        (c"id", Type::Uuid),
        (c"timezone", Type::Text),
        (c"slot_duration_minutes", Type::Integer),
        (c"slot_increment_minutes", Type::Integer),
        (c"buffer_before_minutes", Type::Integer),
        (c"buffer_after_minutes", Type::Integer),
        (c"minimum_notice_minutes", Type::Integer),
        (c"booking_horizon_days", Type::Integer),
        (c"max_bookings_per_day", Type::Integer),
        (c"booking_enabled", Type::Bool),
        (c"public_booking", Type::Bool),
        (c"user_id", Type::Uuid),
        (c"overrides_from", Type::Instant),
        (c"overrides_until", Type::Instant),
        (c"longest_public_slot_minutes", Type::Integer),
    ],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
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
                    zone: report::or_raise(Zone::iana(row.value(1))),
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
                longest_public_minutes: minutes(14).max(minutes(2)),
                derived: Interval::new(row.instant(12), row.instant(13)),
            });
        });
        found
    }

    /// Ends the statement where a caller of this access may not ask for a slot of this
    /// length, because `book_calendar_slot` would refuse it.
    pub(crate) fn check_duration(&self, access: Access, minutes: Option<i32>) {
        if let Some(minutes) = minutes.map(i64::from)
            && access == Access::Public
            && minutes > self.longest_public_minutes
        {
            report::invalid_parameter(&format!(
                "duration_minutes must be from 1 to {} for public callers of this broker, not {minutes}",
                self.longest_public_minutes
            ));
        }
    }

    /// The broker of this key, and what the session's role may do with it. One that
    /// is hidden from the role takes as long as one that does not exist.
    pub(crate) fn for_caller(id: &Uuid) -> Result<(Self, Access), UnknownBroker> {
        let row = Self::find(id);
        let (user_id, public_booking) =
            row.as_ref().map_or((None, false), |row| (row.user_id, row.public_booking));
        let access = caller::access(user_id, public_booking);
        row.zip(access).ok_or(UnknownBroker)
    }
}
