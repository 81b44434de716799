//! The rules of availability, recurrence and iCalendar, as pure functions.
//!
//! Nothing here knows a database, a clock, an environment or a network: every
//! fact, the present instant included, is an argument. The extension and the
//! sync agent call this crate; it calls neither.
//!
//! * [`time`]: instants, zones, and the one function that turns a local time
//!   into an instant.
//! * [`interval`]: half-open intervals and their sets.
//! * [`event`]: what a calendar event is.
//! * [`rfc5545`]: the values and content lines of iCalendar.
//! * [`recurrence`]: when an event that recurs takes place.
//! * [`batch`]: events on the wire.
//! * [`blocking`]: which events take time.
//! * [`blocks`]: how much time they take, within bounds.
//! * [`availability`]: when a broker can be booked.
//! * [`ics`]: iCalendar streams, read and written.
//! * [`notifications`]: which messages about a booking there are, and when they are due.
//! * [`fingerprint`]: short names for long texts, which can be stored.
//! * [`mac`]: verifies that a message is from the holder of a key.
//! * [`spoken`]: dates and times as people say them, understood and said.

pub mod availability;
pub mod batch;
pub mod blocking;
pub mod blocks;
pub mod error;
pub mod event;
pub mod fingerprint;
pub mod ics;
pub mod interval;
pub mod mac;
pub mod notifications;
pub mod recurrence;
pub mod rfc5545;
pub mod spoken;
pub mod time;

pub use error::{Error, Result};
pub use interval::Interval;
