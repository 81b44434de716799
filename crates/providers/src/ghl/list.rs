//! The contents of the lists of appointments and of blocked slots.

use super::appointment::mark;
use super::entry::{Entry, entries};
use crate::{Deleted, Malformed, Page, Rejected, times};
use engine::event::{Event, Status, Transparency, When};
use engine::time::Zone;
use std::collections::HashSet;

/// Reads the answer to [`Location::appointments`](super::Location::appointments) or
/// [`Location::blocked_slots`](super::Location::blocked_slots). Times without an offset are those
/// of `zone`.
pub fn page(body: &[u8], zone: &Zone) -> Result<Page, Malformed> {
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
        if let (true, Some(external_event_id)) = (entry.is_deleted(), entry.id()) {
            page.deleted.push(Deleted { external_event_id, recurrence_id: None });
            continue;
        }
        match event(&entry, &masters, zone) {
            Ok(event) => page.events.push(event),
            Err(Malformed(reason)) => {
                page.rejected.push(Rejected::new(entry.id(), entry.text("title"), &reason));
            }
        }
    }
    Ok(page)
}

/// Reads the answer to [`Location::appointment`](super::Location::appointment) as a part of a
/// pull. Times without an offset are those of `zone`.
pub fn page_of_one(body: &[u8], zone: &Zone) -> Result<Page, Malformed> {
    let entry = Entry::read(body)?;
    let mut page = Page::default();
    page.events.push(event(&entry, &HashSet::new(), zone)?);
    Ok(page)
}

fn event(entry: &Entry, masters: &HashSet<String>, zone: &Zone) -> Result<Event, Malformed> {
    let id = entry.id().ok_or_else(|| Malformed("the id is missing or is not valid".into()))?;
    let when = |key| entry.time(key).map(|time| time.when(zone));
    let mut repairs = Vec::new();
    let span = times::span(when("startTime"), when("endTime"), zone, &mut repairs)?;
    let (status, transparency) = match entry.status().as_deref() {
        Some("cancelled" | "canceled" | "invalid") => (Status::Cancelled, Transparency::Opaque),
        // It took place as far as its owner goes, and takes no time any more.
        Some("noshow") => (Status::Confirmed, Transparency::Transparent),
        _ => (Status::Confirmed, Transparency::Opaque),
    };
    let updated_at = match when("dateUpdated") {
        Some(When::At(instant)) => Some(instant),
        _ => None,
    };
    Ok(Event {
        recurrence: rule(entry, &id, masters).map(str::to_owned),
        external_event_id: id,
        recurrence_id: None,
        this_and_future: false,
        title: entry.text("title").map(str::to_owned),
        span,
        status,
        transparency,
        declined: false,
        timezone: None,
        vtimezone: None,
        duration: None,
        sequence: 0,
        repairs,
        etag: None,
        updated_at,
        booking_id: mark(entry).map(|id| id.to_string()),
    })
}

/// The rule of a series whose occurrences are not listed.
fn rule<'e>(entry: &'e Entry, id: &str, masters: &HashSet<String>) -> Option<&'e str> {
    let is_listed = entry.text("masterEventId").is_some() || masters.contains(id);
    entry.text("rrule").filter(|_| !is_listed)
}
