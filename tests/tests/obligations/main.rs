//! Deadlines: what is stored, what is written to calendars, and what comes back.

mod chosen;
mod levels;
mod measured;
mod pulled;
mod pushed;
mod stored;
mod support;
