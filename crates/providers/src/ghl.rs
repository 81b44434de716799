//! GoHighLevel (LeadConnector) API 2.0, calendars.
//!
//! It reports no changes: a pull lists all appointments and all blocked slots of a
//! window. It accepts no ids of ours and supports no preconditions: an appointment of
//! ours has a mark in its description, and is searched for by that before it is created.
//! Series arrive as one event for each occurrence.

mod appointment;
mod calendar;
mod entry;
mod list;
mod oauth;
mod refusal;
mod request;
mod team;
mod time;
mod webhook;

pub use appointment::{Appointment, Candidates, Contact, answer};
pub use calendar::{Calendar, calendars};
pub use list::{page, page_of_one};
pub use oauth::authorization_server;
pub use refusal::{reason, wait};
pub use request::{Location, Of, chunks, leads, surroundings};
pub use team::blocked_for_all;
pub use webhook::{SIGNATURE, WEBHOOK_KEY, changed_calendar};

use crate::Malformed;
use serde::Deserialize;

/// The base URL of the API.
pub const BASE: &str = "https://services.leadconnectorhq.com";

/// One member of an answer; the others are ignored.
fn member<'b, T: Deserialize<'b>>(body: &'b [u8], what: &str) -> Result<T, Malformed> {
    // Serde's own words could quote the answer.
    serde_json::from_slice(body).map_err(|_| Malformed(format!("it is not {what}")))
}
