//! Kinds of appointments with rules of their own.

use super::{Broker, WorkingHours};
use crate::{Error, Result};

/// What a meeting type sets in place of its broker. `None` is the broker's own value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeetingType {
    /// The lengths that its slots can have, in minutes; the first where the caller names none.
    pub durations: Vec<i64>,
    /// Distance of slot starts in minutes.
    pub slot_increment_minutes: Option<i64>,
    /// Minutes to keep free before a slot.
    pub buffer_before_minutes: Option<i64>,
    /// Minutes to keep free after a slot.
    pub buffer_after_minutes: Option<i64>,
    /// Minutes from now until the first slot.
    pub minimum_notice_minutes: Option<i64>,
    /// Days of 24 hours from now in which a slot may start.
    pub booking_horizon_days: Option<i64>,
    /// Bookings of the type that may start on one local date. The broker's own limit counts
    /// all bookings and holds beside it.
    pub max_bookings_per_day: Option<i64>,
}

impl Broker {
    /// The broker with the rules of a meeting type in place of its own.
    #[must_use]
    pub fn with(self, meeting_type: MeetingType) -> Self {
        let or = |of_type: Option<i64>, own| of_type.unwrap_or(own);
        Self {
            slot_duration_minutes: meeting_type
                .durations
                .first()
                .copied()
                .unwrap_or(self.slot_duration_minutes),
            slot_increment_minutes: meeting_type
                .slot_increment_minutes
                .or(self.slot_increment_minutes),
            buffer_before_minutes: or(
                meeting_type.buffer_before_minutes,
                self.buffer_before_minutes,
            ),
            buffer_after_minutes: or(meeting_type.buffer_after_minutes, self.buffer_after_minutes),
            minimum_notice_minutes: or(
                meeting_type.minimum_notice_minutes,
                self.minimum_notice_minutes,
            ),
            booking_horizon_days: or(meeting_type.booking_horizon_days, self.booking_horizon_days),
            max_bookings_of_type_per_day: meeting_type.max_bookings_per_day,
            durations: meeting_type.durations,
            ..self
        }
    }
}

/// Ends with an error that names the lengths where a meeting type has none of so many minutes. A
/// broker without a meeting type has no list: any length is allowed.
pub fn check_duration(durations: &[i64], minutes: i64) -> Result<()> {
    if durations.is_empty() || durations.contains(&minutes) {
        return Ok(());
    }
    let allowed = durations.iter().map(i64::to_string).collect::<Vec<_>>().join(" or ");
    Err(Error::invalid(format!(
        "duration_minutes must be {allowed} for this meeting type, not {minutes}"
    )))
}

/// The working hours that count: those of the meeting type, where it has rows of its own, in place
/// of the broker's.
pub fn hours_in_force(
    of_type: Vec<WorkingHours>,
    of_broker: Vec<WorkingHours>,
) -> Vec<WorkingHours> {
    if of_type.is_empty() { of_broker } else { of_type }
}
