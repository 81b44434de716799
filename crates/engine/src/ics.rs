//! iCalendar streams: RFC 5545, as calendar programs write it.
//!
//! [`decode`] makes text of what came over the wire, [`parse`] makes events of
//! text, and [`write()`] makes text of events. [`resolve_zone`] tells what a TZID
//! means, and [`custom_zone`] reads a VTIMEZONE that [`parse`] kept.
//!
//! The syntax of a content line is left to the crate `calcard`. What it means
//! is told here; where programs commonly break the rules, what they mean is
//! taken, and each such choice is told at the place that takes it.

mod calendar_zones;
mod changes;
mod component;
mod fold;
mod observances;
mod parse;
mod property;
mod recurrence_lines;
mod value;
mod vevent;
mod vtimezone;
mod write;
mod zone;

pub use component::{Attendee, Calendar, Component, Method, PartStat, Person};
pub use fold::decode;
pub use parse::{Parsed, Rejected, parse};
pub use vtimezone::custom_zone;
pub use write::write;
pub use zone::resolve_zone;

use crate::Error;

/// A value for a message: quoted, and cut where it is long.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// The error for a property whose value is not allowed.
fn wrong(property: &str, value: &str, allowed: &str) -> Error {
    let property = property.to_ascii_uppercase();
    Error::invalid(format!("{property} {} is not allowed: give {allowed}", shown(value)))
}
