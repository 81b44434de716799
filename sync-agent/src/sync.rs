//! What the agent does with calendars: rounds of pulls and pushes, and channels.

pub mod accounts;
pub mod channels;
pub(crate) mod crew;
pub mod open_account;
pub mod pull;
pub mod push;
pub mod round;
