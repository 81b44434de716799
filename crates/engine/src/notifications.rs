//! Which messages about a booking there are, to whom, and when they are due.

mod of_booking;
mod preferences;
mod quiet_hours;

pub use of_booking::{Addresses, BookingChange, Notification, of_booking};
pub use preferences::Preferences;
pub use quiet_hours::QuietHours;
