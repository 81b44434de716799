//! GoHighLevel (LeadConnector) API 2.0, calendars.
//!
//! It tells no changes: a pull lists all appointments and all blocked slots of a
//! window. It takes no ids of ours and knows no preconditions: an appointment of ours
//! bears a mark in its description, and is looked for by it before it is created.
//! Series arrive as one event for each occurrence.

mod appointment;
mod calendar;
mod entry;
mod list;
mod oauth;
mod refusal;
mod request;
mod webhook;

pub use appointment::{Appointment, Contact, marked};
pub use calendar::{Calendar, calendars};
pub use list::page;
pub use oauth::authorization_server;
pub use refusal::{reason, wait};
pub use request::{Location, Of, chunks, surroundings};
pub use webhook::{SIGNATURE, WEBHOOK_KEY, changed_calendar};

use crate::Malformed;
use serde::Deserialize;

/// Where the API is.
pub const BASE: &str = "https://services.leadconnectorhq.com";

/// A member of some answer, without what is beside it.
fn member<'b, T: Deserialize<'b>>(body: &'b [u8], what: &str) -> Result<T, Malformed> {
    // Serde's own words could quote the answer.
    serde_json::from_slice(body).map_err(|_| Malformed(format!("it is not {what}")))
}
