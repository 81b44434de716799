//! Recurring events: RRULE, RDATE, EXDATE and overridden occurrences.
//!
//! RFC 5545 sections 3.3.10 (the rule), 3.8.5 (the recurrence set) and 3.8.4.4
//! (RECURRENCE-ID). A rule is followed in civil time, the date and time of day
//! that a clock on the wall shows, and each civil time becomes an instant by
//! [`crate::time::local_to_instant`]: a missing local time is shifted, not
//! dropped, and a repeated one is its first occurrence.
//!
//! Where RFC 5545 is silent or is commonly broken, the choice that keeps a
//! real event's time blocked is taken. Each choice is documented where it is taken.
//!
//! Every expansion is bounded: see [`MAX_OCCURRENCES`] and [`MAX_WORK`].

mod clock;
mod days;
mod expansion;
mod extent;
mod filters;
mod originals;
mod property;
mod rule;
mod series;
mod set;
mod value;
mod wall_clock;
mod work;
mod write;

pub use property::{MAX_TEXT, Recurrence};
pub use series::{Master, Occurrence, Override, Series};
pub use wall_clock::wall_clock_occurrences;
pub(crate) use work::STEPS_PER_TICK;
pub use work::{MAX_OCCURRENCES, MAX_WORK};
