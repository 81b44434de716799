//! The lengths of slots and where they may start.

use super::{Broker, check_duration};
use crate::time::Instant;
use crate::{Error, Interval, Result};

/// The length of slots and the distance of their starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    pub(super) duration: i64,
    pub(super) increment: i64,
}

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

impl Grid {
    /// The longest slot, in minutes.
    pub const MAX_MINUTES: i64 = 24 * 60;

    /// Slots of `duration_minutes` (the broker's where `None`), starting
    /// `increment_minutes` apart: the broker's increment, or else the duration,
    /// where `None`; a caller may only ask for a multiple of that. The duration must be one of the
    /// meeting type asked for.
    pub fn new(
        broker: &Broker,
        duration_minutes: Option<i64>,
        increment_minutes: Option<i64>,
    ) -> Result<Self> {
        let duration = duration_minutes.unwrap_or(broker.slot_duration_minutes);
        if !(1..=Self::MAX_MINUTES).contains(&duration) {
            return Err(Error::invalid(format!(
                "duration_minutes must be from 1 to {}, not {duration}",
                Self::MAX_MINUTES
            )));
        }
        check_duration(&broker.durations, duration)?;
        let finest = broker.slot_increment_minutes.unwrap_or(duration);
        let increment = increment_minutes.unwrap_or(finest);
        if increment < 1 || increment % finest != 0 {
            return Err(Error::invalid(format!(
                "increment_minutes must be a multiple of {finest}, not {increment}"
            )));
        }
        Ok(Self { duration: duration * MINUTE, increment: increment * MINUTE })
    }

    /// Whether a slot of an offered interval may start at `start`.
    pub(super) fn meets(self, offered: Interval, start: Instant) -> bool {
        (start.0 - offered.start.0) % self.increment == 0
    }

    /// The first start on the grid of `offered` that is not before `earliest`.
    pub(super) fn first_start(self, offered: Interval, earliest: Instant) -> Instant {
        let behind = (earliest.0 - offered.start.0).max(0);
        let steps = behind / self.increment + i64::from(behind % self.increment != 0);
        Instant(offered.start.0 + steps * self.increment)
    }
}
