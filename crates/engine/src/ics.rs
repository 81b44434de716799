//! iCalendar streams: RFC 5545, as calendar programs write it.
//!
//! [`decode`] turns received bytes into text, [`parse`] turns text into events, and
//! [`write()`] turns events into text. [`resolve_zone`] returns the zone that a TZID
//! means, and [`custom_zone`] reads a VTIMEZONE that [`parse`] kept.
//!
//! The crate `calcard` decodes texts and parameters; [`crate::rfc5545`] reads dates,
//! durations and offsets. Where programs commonly break the rules, what they mean
//! is taken; each such choice is explained where it is made.

mod as_dates;
mod busy_status;
mod calendar_zones;
mod changes;
mod component;
mod conform;
mod edit;
mod first_occurrence;
mod found;
mod free_busy;
mod lines;
mod method;
mod observances;
mod organized;
mod parse;
mod property;
mod recurrence_lines;
mod series_clocks;
mod times;
mod version;
mod vevent;
mod vtimezone;
mod write;
mod zone;

pub use crate::rfc5545::decode;
pub(crate) use calendar_zones::fixed_zone_text;
pub use component::{Attendee, Calendar, Component, Method, Person};
pub use edit::{Edit, Existing};
pub use first_occurrence::first_occurrence;
pub use found::{Parsed, Rejected};
pub use organized::organized_by;
pub use parse::{parse, parse_feed, parse_resource};
pub use vtimezone::custom_zone;
pub use write::write;
pub use zone::resolve_zone;

use crate::Error;
use crate::error::quoted;

/// The error for a property whose value is not allowed.
fn wrong(property: &str, value: &str, allowed: &str) -> Error {
    let property = property.to_ascii_uppercase();
    Error::invalid(format!("{property} {} is not allowed: give {allowed}", quoted(value)))
}
