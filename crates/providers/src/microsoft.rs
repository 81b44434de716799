//! Microsoft Graph v1.0, calendars.
//!
//! A calendar is read as a `calendarView`: the events of a window, recurring ones as
//! their single occurrences, each with its own id. So no event recurs here. The window
//! is fixed in the delta link, which is the token of the next pull.

mod calendar;
mod delta;
mod event;
mod oauth;
mod occurrence;
mod problem;
mod request;
mod subscription;
mod time;
mod write;

pub use calendar::{CalendarPage, allows_teams, read_addresses, read_calendars};
pub use delta::{DeltaPage, Item, Link, read_delta};
pub use oauth::{LOGIN_URL, TENANT, authorization_server};
pub use occurrence::{Master, Occurrence, read_master};
pub use problem::Problem;
pub use request::{BASE, Graph, transactions};
pub use subscription::{
    Notification, Subscription, handshake, read_notifications, read_subscription,
};
pub use write::{
    Existing, answer, read_created, read_existing, read_existing_list, read_occurrence,
};

use crate::Malformed;
use serde::Deserialize;

/// Reads an answer that must be JSON of the type `T`.
fn read<'a, T: Deserialize<'a>>(what: &str, body: &'a [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(body).map_err(|e| {
        // Its message may quote the answer: where it stands is enough.
        Malformed(format!("{what} is not as described (line {} column {})", e.line(), e.column()))
    })
}
