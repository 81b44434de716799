//! One event.

use crate::{Deleted, Page, Rejected};
use chrono::Days;
use engine::Interval;
use engine::event::{Event, Span, Status, Transparency, When};
use engine::time::{Zone, parse_date, parse_instant};
use serde::Deserialize;
use serde_json::Value;

/// An event as Google sends it. A deleted event has only its id for certain; a cancelled
/// exception also has its occurrence.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    etag: Option<String>,
    status: Option<String>,
    updated: Option<String>,
    summary: Option<String>,
    visibility: Option<String>,
    transparency: Option<String>,
    event_type: Option<String>,
    start: Option<Point>,
    end: Option<Point>,
    recurrence: Option<Vec<String>>,
    recurring_event_id: Option<String>,
    original_start_time: Option<Point>,
    attendees: Option<Vec<Attendee>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Point {
    date: Option<String>,
    date_time: Option<String>,
    time_zone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attendee {
    #[serde(rename = "self", default)]
    is_self: bool,
    response_status: Option<String>,
}

/// Adds an event to a page, as changed, deleted or rejected.
pub(super) fn read(json: &str, page: &mut Page) {
    let wire: Wire = match serde_json::from_str(json) {
        Ok(wire) => wire,
        Err(error) => {
            let id = serde_json::from_str::<Value>(json).ok();
            let external_event_id = id.and_then(|v| Some(v.get("id")?.as_str()?.to_owned()));
            // The rest of the error may quote what is private.
            let reason = format!("it is not an event of Google's API (byte {})", error.column());
            return page.rejected.push(Rejected { external_event_id, reason });
        }
    };
    let is_cancelled = wire.status.as_deref() == Some("cancelled");
    if is_cancelled && wire.recurring_event_id.is_none() {
        return page.deleted.push(Deleted { external_event_id: wire.id, recurrence_id: None });
    }
    let id = wire.id.clone();
    match event(wire, is_cancelled) {
        Ok(event) => page.events.push(event),
        Err(reason) => {
            page.rejected.push(Rejected { external_event_id: Some(id), reason: reason.into() });
        }
    }
}

fn event(wire: Wire, is_cancelled: bool) -> Result<Event, &'static str> {
    let is_exception = wire.recurring_event_id.is_some();
    let recurrence_id = match wire.original_start_time.as_ref() {
        Some(original) if is_exception => Some(
            original
                .when()
                .ok_or("originalStartTime is neither a date nor a time with an offset")?,
        ),
        None if is_exception => return Err("an exception needs originalStartTime"),
        _ => None,
    };
    let recurrence = wire.recurrence.filter(|lines| !is_exception && !lines.is_empty());
    let answer = wire.attendees.iter().flatten().find(|attendee| attendee.is_self);
    let answer = answer.and_then(|attendee| attendee.response_status.as_deref());
    // Google's transparency says otherwise for a place of work.
    let is_free = wire.transparency.as_deref() == Some("transparent")
        || matches!(wire.event_type.as_deref(), Some("workingLocation" | "birthday"));
    let is_tentative = wire.status.as_deref() == Some("tentative")
        || matches!(answer, Some("tentative" | "needsAction"));
    let is_private = matches!(wire.visibility.as_deref(), Some("private" | "confidential"));
    Ok(Event {
        external_event_id: wire.recurring_event_id.unwrap_or(wire.id),
        span: match recurrence_id {
            Some(original) if is_cancelled => span(original, original)?,
            _ => {
                let start = wire.start.as_ref().and_then(Point::when);
                let start = start.ok_or("start is neither a date nor a time with an offset")?;
                let end = match &wire.end {
                    Some(end) => {
                        end.when().ok_or("end is neither a date nor a time with an offset")?
                    }
                    None => start,
                };
                span(start, end)?
            }
        },
        recurrence_id,
        this_and_future: false,
        title: wire.summary.filter(|_| !is_private),
        status: match (is_cancelled, is_tentative) {
            (true, _) => Status::Cancelled,
            (false, true) => Status::Tentative,
            (false, false) => Status::Confirmed,
        },
        transparency: if is_free { Transparency::Transparent } else { Transparency::Opaque },
        declined: answer == Some("declined"),
        recurrence: recurrence.map(|lines| lines.join("\n")),
        timezone: wire.start.and_then(|start| zone(&start.time_zone?)),
        vtimezone: None,
        duration: None,
        sequence: 0,
        repairs: Vec::new(),
        etag: wire.etag,
        updated_at: wire.updated.as_deref().and_then(parse_instant),
        // The id tells. A copy that somebody makes of the event would carry a mark, too.
        booking_id: None,
    })
}

fn span(start: When, end: When) -> Result<Span, &'static str> {
    match (start, end) {
        (When::Date(first), When::Date(end)) if end > first => Ok(Span::Dates(first, end)),
        (When::Date(first), When::Date(end)) if end == first => {
            let next = first.checked_add_days(Days::new(1)).ok_or("the date is out of range")?;
            Ok(Span::Dates(first, next))
        }
        (When::At(start), When::At(end)) if end >= start => {
            Ok(Span::Times(Interval::new(start, end)))
        }
        (When::Date(_), When::Date(_)) | (When::At(_), When::At(_)) => {
            Err("the end lies before the start")
        }
        _ => Err("start and end must both be dates or both be times"),
    }
}

/// The zone by its IANA name. An unknown name counts as `None`, which means the
/// calendar's zone.
fn zone(name: &str) -> Option<String> {
    Zone::iana(name).ok()?.name().map(str::to_owned)
}

impl Point {
    fn when(&self) -> Option<When> {
        match (&self.date_time, &self.date) {
            (Some(time), _) => parse_instant(time).map(When::At),
            (None, Some(date)) => parse_date(date).map(When::Date),
            (None, None) => None,
        }
    }
}
