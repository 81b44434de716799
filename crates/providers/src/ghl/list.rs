//! The contents of the lists of appointments and of blocked slots.

use super::appointment::mark;
use super::entry::{Entry, entries};
use crate::{Deleted, Malformed, Page, Rejected};
use engine::Interval;
use engine::event::{Event, Span, Status, Transparency};
use std::collections::HashSet;

/// Reads the answer to [`Location::appointments`](super::Location::appointments) or
/// [`Location::blocked_slots`](super::Location::blocked_slots).
pub fn page(body: &[u8]) -> Result<Page, Malformed> {
    let masters: HashSet<String> = entries(body)?
        .filter_map(|entry| entry.ok()?.text("masterEventId").map(str::to_owned))
        .collect();
    let mut page = Page::default();
    for entry in entries(body)? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(rejected) => {
                page.rejected.push(rejected);
                continue;
            }
        };
        if let (true, Some(id)) = (entry.is_deleted(), entry.id()) {
            page.deleted.push(Deleted { external_event_id: id.to_owned(), recurrence_id: None });
            continue;
        }
        match event(&entry, &masters) {
            Ok(event) => page.events.push(event),
            Err(reason) => page.rejected.push(Rejected {
                external_event_id: entry.id().map(str::to_owned),
                reason: reason.into(),
            }),
        }
    }
    Ok(page)
}

fn event(entry: &Entry, masters: &HashSet<String>) -> Result<Event, &'static str> {
    let id = entry.id().ok_or("id must be a string")?;
    let time =
        |key| entry.instant(key).ok_or("startTime and endTime must be ISO 8601 with an offset");
    let (start, end) = (time("startTime")?, time("endTime")?);
    if end < start {
        return Err("endTime must not lie before startTime");
    }
    let (status, transparency) = match entry.text("appointmentStatus") {
        Some("cancelled" | "invalid") => (Status::Cancelled, Transparency::Opaque),
        // It took place as far as its owner goes, and takes no time any more.
        Some("noshow") => (Status::Confirmed, Transparency::Transparent),
        _ => (Status::Confirmed, Transparency::Opaque),
    };
    Ok(Event {
        external_event_id: id.to_owned(),
        recurrence_id: None,
        this_and_future: false,
        title: entry.text("title").map(str::to_owned),
        span: Span::Times(Interval::new(start, end)),
        status,
        transparency,
        declined: false,
        recurrence: rule(entry, masters).map(str::to_owned),
        timezone: None,
        vtimezone: None,
        duration: None,
        sequence: 0,
        repairs: Vec::new(),
        etag: None,
        updated_at: entry.instant("dateUpdated"),
        booking_id: mark(entry).map(|id| id.to_string()),
    })
}

/// The rule of a series whose occurrences are not listed.
fn rule<'e>(entry: &'e Entry, masters: &HashSet<String>) -> Option<&'e str> {
    let is_listed = entry.text("masterEventId").is_some() || masters.contains(entry.id()?);
    entry.text("rrule").filter(|_| !is_listed)
}
