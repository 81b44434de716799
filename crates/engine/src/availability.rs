//! When a broker can be booked, and if not, why.
//!
//! [`Schedule`] is built from the [`Facts`] about one broker and answers both
//! questions of this project from one predicate: [`Schedule::slots`] lists the
//! slots for which [`Schedule::verdict`] finds no [`Reason`] against.

mod alternatives;
mod busy;
mod facts;
mod grid;
mod meeting_type;
mod open_time;
mod preference;
mod schedule;
mod slots;
mod slots_by_day;
mod utilisation;
mod verdict;

pub use alternatives::{Alternatives, Offer};
pub use busy::merged_busy;
pub use facts::{Booking, Broker, Facts, Override, OverrideKind, WorkingHours};
pub use grid::Grid;
pub use meeting_type::{MeetingType, check_duration, hours_in_force};
pub use preference::{Period, Preference, Weekdays};
pub use schedule::{Reach, Schedule};
pub use slots::Lack;
pub use slots_by_day::slots_by_day;
pub use utilisation::DayUse;
pub use verdict::{Obstacle, Reason, Scope, Source};

/// The longest window in which slots are listed, in days.
pub const MAX_WINDOW_DAYS: i64 = 366;
