//! Bookings as events, and the events that Graph returns for them.

use super::event::Wire;
use super::read;
use super::time::DateTimeTimeZone;
use crate::{Malformed, OwnEvent, Version, Written};
use engine::Interval;
use engine::time::{Instant, Zone};
use serde::Deserialize;
use serde_json::{Value, json};

/// The extended property that holds the booking's id. It can be searched for, but a
/// delta does not contain it.
pub(super) const MARK: &str = "String {74b68200-f69e-4dbf-ba29-1bd56cdceb33} Name CalendarBooking";

/// The category that shows people where the event comes from.
const CATEGORY: &str = "Booking";

/// The provider of online meetings.
pub(super) const TEAMS: &str = "teamsForBusiness";

/// The body of a request to create an event.
pub(super) fn body_of(own: &OwnEvent, transaction_id: &str, with_teams: bool) -> Vec<u8> {
    let mut event = common(own);
    event["body"] = json!({"contentType": "text", "content": own.notes.as_deref().unwrap_or("")});
    event["categories"] = json!([CATEGORY]);
    event["transactionId"] = transaction_id.into();
    event["singleValueExtendedProperties"] = json!([{"id": MARK, "value": own.id}]);
    let attendees: Vec<_> = own
        .invited()
        .map(|(person, address)| {
            let name = person.name.as_deref().unwrap_or(address);
            json!({"type": "required", "emailAddress": {"address": address, "name": name}})
        })
        .collect();
    if !attendees.is_empty() {
        event["attendees"] = attendees.into();
    }
    if with_teams {
        event["isOnlineMeeting"] = true.into();
        event["onlineMeetingProvider"] = TEAMS.into();
    }
    event.to_string().into_bytes()
}

/// The body of a request to change an event. The description is left alone, because Teams
/// keeps the link to the meeting there. The attendees are left alone, because the broker
/// may have invited more.
pub(super) fn changes_of(own: &OwnEvent) -> Vec<u8> {
    common(own).to_string().into_bytes()
}

fn common(own: &OwnEvent) -> Value {
    json!({
        "subject": own.title,
        "start": point(own.span.start),
        "end": point(own.span.end),
        "showAs": show_as(own),
    })
}

fn show_as(own: &OwnEvent) -> &'static str {
    if own.is_tentative { "tentative" } else { "busy" }
}

/// In UTC: the local time would be ambiguous when clocks go back.
fn point(instant: Instant) -> Value {
    json!({"dateTime": instant.utc().format("%FT%T%.f").to_string(), "timeZone": "UTC"})
}

/// The event of a booking.
#[derive(Debug)]
pub struct Existing {
    /// The event as Graph has it.
    pub written: Written,
    /// Whether the broker has cancelled it.
    pub is_cancelled: bool,
    is_online_meeting: bool,
    subject: Option<String>,
    show_as: Option<String>,
    times: Option<Interval>,
}

impl Existing {
    /// Whether its online meeting is still being created.
    pub fn is_link_pending(&self) -> bool {
        self.is_online_meeting && self.written.meeting_link.is_none()
    }

    /// Whether it agrees with the booking in all that a change would write.
    pub fn matches(&self, own: &OwnEvent) -> bool {
        self.subject.as_deref() == Some(&own.title)
            && self.show_as.as_deref() == Some(show_as(own))
            && self.times == Some(own.span)
    }

    fn of(wire: Wire) -> Self {
        let instant = |point: &DateTimeTimeZone| point.instant(&Zone::UTC);
        let start = wire.start.as_ref().and_then(instant);
        let end = wire.end.as_ref().and_then(instant);
        Self {
            written: Written {
                version: Version { external_event_id: wire.id, etag: wire.etag },
                meeting_link: wire.online_meeting.and_then(|meeting| meeting.join_url),
                refused: None,
            },
            is_cancelled: wire.is_cancelled.unwrap_or(false),
            is_online_meeting: wire.is_online_meeting.unwrap_or(false),
            subject: wire.subject,
            show_as: wire.show_as,
            times: start.zip(end).map(|(start, end)| Interval::new(start, end)),
        }
    }
}

/// Reads the answer to [`super::Graph::create`], [`super::Graph::update`] or
/// [`super::Graph::event`].
pub fn read_existing(body: &[u8]) -> Result<Existing, Malformed> {
    read("the event", body).map(Existing::of)
}

/// Reads the answer to [`super::Graph::find`].
pub fn read_existing_list(body: &[u8]) -> Result<Vec<Existing>, Malformed> {
    #[derive(Deserialize)]
    struct List {
        value: Vec<Wire>,
    }
    let list: List = read("the list of events", body)?;
    Ok(list.value.into_iter().map(Existing::of).collect())
}
