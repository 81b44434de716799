//! One event.

use crate::{Deleted, Malformed, Owner, Page, Rejected, lenient, times};
use engine::event::{Event, Status, Transparency, When};
use engine::time::{Zone, local_to_instant, parse_instant, parse_local, zone_named};
use serde::Deserialize;
use serde_json::Value;

/// An event as Google sends it. A deleted event has only its id for certain; a cancelled
/// exception also has its occurrence. Members of other types than documented count as missing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    #[serde(default, deserialize_with = "lenient::value")]
    etag: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    updated: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    summary: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    visibility: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    transparency: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    event_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    start: Option<Point>,
    #[serde(default, deserialize_with = "lenient::value")]
    end: Option<Point>,
    #[serde(default)]
    recurrence: Value,
    #[serde(default, deserialize_with = "lenient::value")]
    recurring_event_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    original_start_time: Option<Point>,
    #[serde(default, deserialize_with = "lenient::list")]
    attendees: Vec<Attendee>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Point {
    #[serde(default, deserialize_with = "lenient::value")]
    date: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    date_time: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    time_zone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attendee {
    #[serde(rename = "self", default, deserialize_with = "lenient::value")]
    is_self: Option<bool>,
    #[serde(default, deserialize_with = "lenient::value")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    response_status: Option<String>,
}

/// Adds an event to a page, as changed, deleted or rejected.
pub(super) fn read(json: &str, owner: &Owner, page: &mut Page) {
    let Ok(wire) = serde_json::from_str::<Wire>(json) else {
        let value: Value = serde_json::from_str(json).unwrap_or_default();
        let id =
            value.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let reason = "it is not an event of Google's API";
        return page.rejected.push(Rejected::new(id, value["summary"].as_str(), reason));
    };
    let is_cancelled = wire.status.as_deref() == Some("cancelled");
    if is_cancelled && wire.recurring_event_id.is_none() {
        return page.deleted.push(Deleted { external_event_id: wire.id, recurrence_id: None });
    }
    let (id, title) = (wire.id.clone(), wire.summary.clone());
    match event(wire, is_cancelled, owner) {
        Ok(event) => page.events.push(event),
        Err(Malformed(reason)) => {
            page.rejected.push(Rejected::new(Some(id), title.as_deref(), &reason));
        }
    }
}

fn event(wire: Wire, is_cancelled: bool, owner: &Owner) -> Result<Event, Malformed> {
    let zone = &owner.zone;
    let mut repairs = Vec::new();
    let is_exception = wire.recurring_event_id.is_some();
    let original = wire.original_start_time.as_ref().and_then(|original| original.when(zone));
    let original = original.filter(|_| is_exception);
    let span = match original {
        Some(original) if is_cancelled => times::moment(original)?,
        _ => times::span(
            wire.start.as_ref().and_then(|start| start.when(zone)),
            wire.end.as_ref().and_then(|end| end.when(zone)),
            zone,
            &mut repairs,
        )?,
    };
    let recurrence_id = match original {
        None if is_exception && is_cancelled => {
            return Err(Malformed("which occurrence is cancelled is not known".into()));
        }
        None if is_exception => {
            // What it replaces is not known: it takes place beside that.
            repairs.push("originalStartTime is missing or is not valid".into());
            Some(span.start())
        }
        original => original,
    };
    let recurrence = match wire.recurrence {
        _ if is_exception => None,
        Value::Array(lines) => {
            let texts: Vec<_> = lines.iter().filter_map(Value::as_str).collect();
            Some(texts.join("\n")).filter(|lines| !lines.is_empty())
        }
        Value::String(lines) => Some(lines).filter(|lines| !lines.is_empty()),
        Value::Null => None,
        _ => return Err(Malformed("recurrence is not a list of lines".into())),
    };
    let by_address = || {
        let mut attendees = wire.attendees.iter();
        attendees.find(|attendee| attendee.email.as_deref().is_some_and(|own| owner.has(own)))
    };
    let answer = wire.attendees.iter().find(|attendee| attendee.is_self == Some(true));
    let answer = answer.or_else(by_address);
    let answer = answer.and_then(|attendee| attendee.response_status.as_deref());
    // Google's transparency says otherwise for a place of work.
    let is_free = wire.transparency.as_deref() == Some("transparent")
        || matches!(wire.event_type.as_deref(), Some("workingLocation" | "birthday"));
    let is_tentative = wire.status.as_deref() == Some("tentative")
        || matches!(answer, Some("tentative" | "needsAction"));
    let is_private = matches!(wire.visibility.as_deref(), Some("private" | "confidential"));
    Ok(Event {
        external_event_id: wire.recurring_event_id.unwrap_or(wire.id),
        span,
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
        recurrence,
        timezone: wire.start.and_then(|start| zone_name(&start.time_zone?)),
        vtimezone: None,
        duration: None,
        sequence: 0,
        repairs,
        etag: wire.etag,
        updated_at: wire.updated.as_deref().and_then(parse_instant),
        // The id tells. A copy that somebody makes of the event would carry a mark, too.
        booking_id: None,
    })
}

/// The IANA name of a zone. An unknown one counts as `None`, which means the calendar's zone.
fn zone_name(name: &str) -> Option<String> {
    zone_named(name)?.name().map(str::to_owned)
}

impl Point {
    /// The date or the instant. A time without an offset is local in the zone beside it, or else
    /// in the calendar's.
    fn when(&self, calendar_zone: &Zone) -> Option<When> {
        let time = self.date_time.as_deref().map(str::trim);
        let at = |text| {
            let local = || {
                let named = self.time_zone.as_deref().and_then(zone_named);
                let zone = named.as_ref().unwrap_or(calendar_zone);
                parse_local(text).map(|local| local_to_instant(zone, local))
            };
            parse_instant(text).or_else(local).map(When::At)
        };
        // A date in place of a time is one.
        let date = || self.date.as_deref().or(time).and_then(times::date).map(When::Date);
        time.and_then(at).or_else(date)
    }
}
