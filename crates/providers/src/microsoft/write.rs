//! Events of our own, and those that Graph returns for them.

use super::event::Wire;
use super::time::DateTimeTimeZone;
use super::{Problem, read};
use crate::answers::{Answer, Asked, of_status};
use crate::proof::Shown;
use crate::{Changes, Kind, Malformed, OwnEvent, Owner, Page, Person, Version, Written};
use engine::Interval;
use engine::event::Span;
use engine::time::{Instant, Zone, parse_instant};
use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The extended property that holds the id of what an event is for. It can be searched for, but a
/// delta does not contain it.
pub(super) const fn mark(kind: &Kind) -> &'static str {
    match kind {
        Kind::Booking => "String {74b68200-f69e-4dbf-ba29-1bd56cdceb33} Name CalendarBooking",
        Kind::Obligation(_) => {
            "String {74b68200-f69e-4dbf-ba29-1bd56cdceb33} Name CalendarObligation"
        }
    }
}

/// The category that shows people where the event comes from.
const fn category(kind: &Kind) -> &'static str {
    match kind {
        Kind::Booking => "Booking",
        Kind::Obligation(_) => "Deadline",
    }
}

/// The provider of online meetings.
pub(super) const TEAMS: &str = "teamsForBusiness";

/// The body of a request to create an event.
pub(super) fn body_of(own: &OwnEvent, transaction_id: &str, with_teams: bool) -> Vec<u8> {
    let (start, end) = points(own.span);
    let mut event = json!({
        "subject": own.title,
        "start": start,
        "end": end,
        "showAs": show_as(own),
        "body": {"contentType": "text", "content": own.text().unwrap_or_default()},
        "categories": [category(&own.kind)],
        "transactionId": transaction_id,
        "singleValueExtendedProperties": [{"id": mark(&own.kind), "value": own.id}],
    });
    if own.span.is_all_day() {
        event["isAllDay"] = true.into();
    }
    if let Value::Object(event) = &mut event {
        event.extend(reminder(own));
    }
    let attendees: Vec<_> =
        own.invited().map(|(person, address)| attendee(person, address)).collect();
    if !attendees.is_empty() {
        event["attendees"] = attendees.into();
    }
    if let Some(place) = &own.place {
        event["location"] = json!({"displayName": place});
    }
    if with_teams {
        event["isOnlineMeeting"] = true.into();
        event["onlineMeetingProvider"] = TEAMS.into();
    }
    event.to_string().into_bytes()
}

fn attendee(person: &Person, address: &str) -> Value {
    let name = person.name.as_deref().unwrap_or(address);
    json!({"type": "required", "emailAddress": {"address": address, "name": name}})
}

fn show_as(own: &OwnEvent) -> &'static str {
    match own.kind {
        Kind::Obligation(_) => "free",
        Kind::Booking if own.is_tentative => "tentative",
        Kind::Booking => "busy",
    }
}

/// The reminder of an obligation: Graph holds one, so it is the earliest.
fn reminder(own: &OwnEvent) -> Map<String, Value> {
    let mut members = Map::new();
    if own.obligation().is_some() {
        let earliest = own.reminders().into_iter().next();
        members.insert("isReminderOn".into(), earliest.is_some().into());
        members.extend(earliest.map(|m| ("reminderMinutesBeforeStart".into(), m.into())));
    }
    members
}

/// Where it starts and ends. A date is midnight in any zone, which Graph takes for that of the
/// mailbox.
fn points(span: Span) -> (Value, Value) {
    match span {
        Span::Dates(..) => {
            let Interval { start, end } = span.interval(&Zone::UTC);
            (point(start), point(end))
        }
        Span::Times(Interval { start, end }) => (point(start), point(end)),
    }
}

/// In UTC: the local time would be ambiguous when clocks go back.
fn point(instant: Instant) -> Value {
    json!({"dateTime": instant.utc().format("%FT%T%.f").to_string(), "timeZone": "UTC"})
}

/// An event of ours.
#[derive(Debug, Clone)]
pub struct Existing {
    /// The event as Graph has it.
    pub written: Written,
    /// Whether the broker has cancelled it.
    pub is_cancelled: bool,
    /// Whether it has become a series: then the booking is its first occurrence.
    pub is_series: bool,
    /// When it takes place; of a series, its first occurrence.
    pub times: Option<Interval>,
    is_online_meeting: bool,
    wire: Wire,
    rest: Rest,
}

/// What only a write needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    #[serde(rename = "type")]
    kind: Option<String>,
    body: Option<Body>,
    location: Option<Location>,
    attendees: Option<Vec<Value>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
struct Body {
    content: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    display_name: Option<String>,
}

impl Existing {
    /// Whether its online meeting is still being created.
    pub fn is_link_pending(&self) -> bool {
        self.is_online_meeting && self.written.meeting_link.is_none()
    }

    /// What has changed here since `written` and is to be written into the event, as a body for
    /// [`super::Graph::update`]. `None` if there is nothing to write.
    pub fn changes(&self, own: &OwnEvent, written: Option<&OwnEvent>) -> Option<Vec<u8>> {
        let changes = Changes::new(own, written);
        let mut members = Map::new();
        if let Some(title) = changes.title(self.wire.subject.as_deref().unwrap_or_default()) {
            members.insert("subject".into(), title.into());
        }
        if let Some(span) = changes.span().filter(|span| self.span() != Some(*span)) {
            if self.is_all_day() != span.is_all_day() {
                members.insert("isAllDay".into(), span.is_all_day().into());
            }
            let (start, end) = points(span);
            members.insert("start".into(), start);
            members.insert("end".into(), end);
        }
        let shown = self.wire.show_as.as_deref();
        if changes.is_tentative().is_some_and(|_| shown != Some(show_as(own))) {
            members.insert("showAs".into(), show_as(own).into());
        }
        // Where Teams keeps the link to the meeting in the description, it is not ours alone.
        let present = self.rest.body.as_ref().and_then(|body| body.content.as_deref());
        if let Some(notes) = changes.notes(present) {
            members.insert("body".into(), json!({"contentType": "text", "content": notes}));
        }
        let present = self.rest.location.as_ref().and_then(|place| place.display_name.as_deref());
        if let Some(place) = changes.place(present) {
            members.insert("location".into(), json!({"displayName": place}));
        }
        if let Some(attendees) = self.attendees(changes) {
            members.insert("attendees".into(), attendees);
        }
        members.extend(
            reminder(own)
                .into_iter()
                .filter(|(key, value)| self.rest.others.get(key) != Some(value)),
        );
        if own.obligation().is_some() && self.is_series {
            members.insert("recurrence".into(), Value::Null);
        }
        (!members.is_empty()).then(|| Value::Object(members).to_string().into_bytes())
    }

    /// Reads the answer to the change of this one.
    pub fn read_changed(
        &self,
        body: &[u8],
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Result<Self, Malformed> {
        read_existing(body)?.after_change_of(self, own, written)
    }

    fn is_all_day(&self) -> bool {
        self.wire.is_all_day == Some(true)
    }

    /// When it takes place. Graph shows dates as midnights of whatever zone it is asked for.
    fn span(&self) -> Option<Span> {
        let times = self.times?;
        Some(match self.is_all_day() {
            true => Span::Dates(times.start.utc().date(), times.end.utc().date()),
            false => Span::Times(times),
        })
    }

    /// The attendees with the changes of ours, because the list is replaced as a whole.
    fn attendees(&self, changes: Changes<'_>) -> Option<Value> {
        let mut attendees = self.rest.attendees.clone()?;
        let all = self.rest.attendees.iter().flatten();
        let present: Vec<&str> =
            all.filter_map(|a| a["emailAddress"]["address"].as_str()).collect();
        let guests = changes.guests(&present)?;
        attendees.retain(|attendee| {
            let address = attendee["emailAddress"]["address"].as_str().unwrap_or_default();
            !guests.removed.iter().any(|removed| removed.eq_ignore_ascii_case(address))
        });
        attendees.extend(guests.added.iter().map(|(person, address)| attendee(person, address)));
        Some(attendees.into())
    }

    /// The event as a part of a pull.
    pub fn page(&self, owner: &Owner) -> Result<Page, Malformed> {
        Ok(Page { events: vec![self.wire.clone().event(owner)?], ..Page::default() })
    }

    fn read(json: &str) -> Result<Self, serde_json::Error> {
        let wire: Wire = serde_json::from_str(json)?;
        let rest: Rest = serde_json::from_str(json)?;
        let instant = |point: &DateTimeTimeZone| point.instant(&Zone::UTC);
        let start = wire.start.as_ref().and_then(instant);
        let end = wire.end.as_ref().and_then(instant);
        let meeting = wire.online_meeting.as_ref();
        Ok(Self {
            written: Written {
                version: Version { external_event_id: wire.id.clone(), etag: wire.etag.clone() },
                meeting_link: meeting.and_then(|meeting| meeting.join_url.clone()),
                refused: None,
            },
            is_cancelled: wire.is_cancelled.unwrap_or(false),
            is_series: rest.kind.as_deref() == Some("seriesMaster"),
            times: start.zip(end).map(|(start, end)| Interval::new(start, end)),
            is_online_meeting: wire.is_online_meeting.unwrap_or(false),
            wire,
            rest,
        })
    }
}

impl Shown for Existing {
    fn shown_id(&self) -> &str {
        &self.written.version.external_event_id
    }

    fn shows_other_time(&self, own: &OwnEvent) -> bool {
        self.span().is_some_and(|shown| shown != own.span)
    }
}

/// Reads the answer to [`super::Graph::create`].
pub fn read_created(body: &[u8], own: &OwnEvent) -> Result<Existing, Malformed> {
    read_existing(body)?.after_creation(own)
}

/// Reads the answer to [`super::Graph::event`].
pub fn read_existing(body: &[u8]) -> Result<Existing, Malformed> {
    let json: &RawValue = read("the event", body)?;
    existing(json)
}

/// Reads the answer to [`super::Graph::find`] or [`super::Graph::first_occurrence`]: the events,
/// and the next page.
pub fn read_existing_list(body: &[u8]) -> Result<(Vec<Existing>, Option<String>), Malformed> {
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        value: Vec<&'a RawValue>,
        #[serde(rename = "@odata.nextLink")]
        next: Option<String>,
    }
    let list: List<'_> = read("the list of events", body)?;
    Ok((list.value.into_iter().map(existing).collect::<Result<_, _>>()?, list.next))
}

/// Reads the answer to [`super::Graph::first_occurrence`]: the occurrence of a series that was
/// planned for an instant, and the next page.
pub fn read_occurrence(
    body: &[u8],
    series: &str,
    planned: Instant,
) -> Result<(Option<Existing>, Option<String>), Malformed> {
    let (list, next) = read_existing_list(body)?;
    let is_it = |event: &Existing| {
        let original = event.wire.original_start.as_deref().and_then(parse_instant);
        event.wire.series_master_id.as_deref() == Some(series)
            && original.or(event.times.map(|times| times.start)) == Some(planned)
    };
    Ok((list.into_iter().find(is_it), next))
}

fn existing(json: &RawValue) -> Result<Existing, Malformed> {
    Existing::read(json.get())
        .map_err(|e| Malformed(format!("the event is not as described (column {})", e.column())))
}

/// The kind of an answer to a request about one event.
pub fn answer(asked: Asked, status: StatusCode, body: &[u8]) -> Answer {
    match of_status(status) {
        Answer::Proof if asked == Asked::Remove => match body.trim_ascii() {
            [] => Answer::Proof,
            _ => Answer::OtherPage,
        },
        Answer::Proof => match read_existing(body) {
            Ok(_) => Answer::Proof,
            Err(_) => Answer::OtherPage,
        },
        Answer::RefusedContent
            if status == StatusCode::FORBIDDEN && Problem::read(body).is_lack_of_consent() =>
        {
            Answer::Credential
        }
        other => other,
    }
}
