//! `calendar.meeting_types`.

use crate::scan::{Key, Row, Table, Type};
use engine::availability::MeetingType;
use pgrx::Uuid;

/// One row.
pub(crate) struct MeetingTypeRow {
    pub(crate) id: Uuid,
    /// Whether anonymous callers may book it; `None` where the broker says.
    pub(crate) public_booking: Option<bool>,
    pub(crate) meeting_type: MeetingType,
}

static MEETING_TYPES: Table = Table {
    name: c"meeting_types",
    columns: &[
        (c"broker_id", Type::Uuid),
        (c"id", Type::Uuid),
        (c"slug", Type::Text),
        (c"is_active", Type::Bool),
        (c"public_booking", Type::Bool),
        (c"durations", Type::Integers),
        (c"increment_minutes", Type::Integer),
        (c"buffer_before_minutes", Type::Integer),
        (c"buffer_after_minutes", Type::Integer),
        (c"minimum_notice_minutes", Type::Integer),
        (c"booking_horizon_days", Type::Integer),
        (c"max_bookings_per_day", Type::Integer),
    ],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
};

impl MeetingTypeRow {
    /// The active meeting type of a broker that has this slug or this id.
    pub(crate) fn named(broker_id: &Uuid, slug_or_id: &str) -> Option<Self> {
        let id = uuid::Uuid::try_parse(slug_or_id).ok().map(|id| Uuid::from_bytes(id.into_bytes()));
        Self::find(broker_id, |row| {
            row.value::<bool>(3) && (row.value::<&str>(2) == slug_or_id || Some(row.uuid(1)) == id)
        })
    }

    /// The meeting type of a broker that has this id, active or not.
    pub(crate) fn of_id(broker_id: &Uuid, id: &Uuid) -> Option<Self> {
        Self::find(broker_id, |row| row.uuid(1) == *id)
    }

    fn find(broker_id: &Uuid, is_wanted: impl Fn(&Row<'_>) -> bool) -> Option<Self> {
        let mut found = None;
        MEETING_TYPES.scan(&[Key::uuid(0, broker_id)], |row| {
            if is_wanted(row) {
                let minutes = |column| row.get::<i32>(column).map(i64::from);
                found = Some(Self {
                    id: row.uuid(1),
                    public_booking: row.get(4),
                    meeting_type: MeetingType {
                        durations: row.value::<Vec<i32>>(5).into_iter().map(i64::from).collect(),
                        slot_increment_minutes: minutes(6),
                        buffer_before_minutes: minutes(7),
                        buffer_after_minutes: minutes(8),
                        minimum_notice_minutes: minutes(9),
                        booking_horizon_days: minutes(10),
                        max_bookings_per_day: minutes(11),
                    },
                });
            }
        });
        found
    }
}
