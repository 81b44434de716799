//! `calendar.brokers`.

use super::MeetingTypeRow;
use crate::caller::{self, Access};
use crate::report::{self, NotFound};
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
    /// The meeting type whose rules `broker` has.
    pub(crate) meeting_type: Option<Uuid>,
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
                    max_bookings_of_type_per_day: None,
                    durations: vec![],
                    booking_enabled: row.value(9),
                },
                public_booking: row.value(10),
                meeting_type: None,
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
    pub(crate) fn for_caller(id: &Uuid) -> Result<(Self, Access), NotFound> {
        Self::for_caller_of_type(id, None)
    }

    /// As [`BrokerRow::for_caller`], with the rules of a meeting type, which has this slug or id
    /// and which the role may see.
    pub(crate) fn for_caller_of_type(
        id: &Uuid,
        meeting_type: Option<&str>,
    ) -> Result<(Self, Access), NotFound> {
        let row = Self::find(id);
        let found = meeting_type.and_then(|wanted| MeetingTypeRow::named(id, wanted));
        let (user_id, of_broker) =
            row.as_ref().map_or((None, false), |row| (row.user_id, row.public_booking));
        let of_type = found.as_ref().and_then(|found| found.public_booking);
        let access = caller::access(user_id, of_type.unwrap_or(of_broker));
        match (row, access) {
            (Some(row), Some(access)) if meeting_type.is_some() == found.is_some() => {
                Ok((found.into_iter().fold(row, Self::with), access))
            }
            // A caller that sees the broker hears that it is the meeting type that is missing.
            (Some(_), _) if caller::access(user_id, of_broker).is_some() => {
                Err(NotFound::MeetingType)
            }
            _ => Err(NotFound::Broker),
        }
    }

    /// The broker of this key with the rules of one of its meeting types, where one is named.
    pub(crate) fn of_type(id: &Uuid, meeting_type: Option<&Uuid>) -> Option<Self> {
        let found = meeting_type.and_then(|wanted| MeetingTypeRow::of_id(id, wanted));
        Some(found.into_iter().fold(Self::find(id)?, Self::with))
    }

    /// The broker of this key with the rules of its active meeting type of this slug or id, where
    /// one is named.
    pub(crate) fn of_named_type(id: &Uuid, meeting_type: Option<&str>) -> Result<Self, NotFound> {
        let row = Self::find(id).ok_or(NotFound::Broker)?;
        let Some(wanted) = meeting_type else { return Ok(row) };
        MeetingTypeRow::named(id, wanted).map(|found| row.with(found)).ok_or(NotFound::MeetingType)
    }

    fn with(self, found: MeetingTypeRow) -> Self {
        let longest = found.meeting_type.durations.iter().copied().max().unwrap_or(0);
        Self {
            broker: self.broker.with(found.meeting_type),
            meeting_type: Some(found.id),
            longest_public_minutes: self.longest_public_minutes.max(longest),
            ..self
        }
    }

    /// The broker, for slots of a length that the meeting type need no longer have.
    pub(crate) fn of_any_length(mut self) -> Self {
        self.broker.durations.clear();
        self
    }
}
