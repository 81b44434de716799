//! Deadlines: what is stored, what is written to calendars, and what comes back.

mod chosen;
mod measured;
mod pulled;
mod pushed;
mod stored;
mod support;
