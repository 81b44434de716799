//! `get_available_slots` and `get_busy` through SQL: the rules of availability.

mod arguments;
mod busy;
mod clock;
mod get_busy;
mod open_time;
mod reading;
mod support;
mod window;
