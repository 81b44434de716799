//! `calendar_private.parse_ics` and `calendar_private.write_ics`.

use crate::report;
use engine::Interval;
use engine::batch::write_events;
use engine::error::quoted;
use engine::event::{Span, Status, Transparency};
use engine::ics::{Attendee, Calendar, Component, Method, Person};
use engine::rfc5545::Duration;
use engine::time::{Instant, Zone, parse_date, parse_instant};
use pgrx::pg_extern;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The longest iCalendar stream that is read, in bytes.
const MAX_ICS: usize = 64 << 20;

#[pg_extern(sql = false)]
fn calendar_parse_ics(ics: &str, timezone: &str, owner: Option<&str>) -> String {
    let zone = super::zone_argument("timezone", timezone);
    let ics = report::bounded("ics", ics, MAX_ICS);
    let parsed = engine::ics::parse(ics, &zone, owner.as_slice(), &mut report::tick)
        .unwrap_or_else(|error| report::invalid_parameter(&format!("ics: {error}")));
    let rejected = parsed
        .rejected
        .iter()
        .map(|rejected| json!({"external_event_id": rejected.uid, "reason": rejected.reason}));
    let events = RawValue::from_string(write_events(&parsed.events));
    let rejected: Vec<_> = rejected.collect();
    json!({"events": events.ok(), "rejected": rejected, "whole": parsed.whole}).to_string()
}

#[pg_extern(sql = false)]
fn calendar_write_ics(calendar: &str) -> String {
    let calendar = report::bounded("calendar", calendar, super::MAX_JSON);
    let stream: Stream<'_> = serde_json::from_str(calendar)
        .unwrap_or_else(|e| report::invalid_parameter(&format!("calendar: {e}")));
    engine::ics::write(&Calendar {
        method: stream.method.map(method),
        name: stream.name,
        until: stream.until.map(instant),
        components: stream.components.into_iter().map(component).collect(),
    })
}

/// What SQL passes: a [`Calendar`].
#[derive(Deserialize)]
struct Stream<'a> {
    method: Option<&'a str>,
    name: Option<String>,
    until: Option<&'a str>,
    components: Vec<Vevent<'a>>,
}

/// A [`Component`]; the keys are the columns of `calendar.events`.
#[derive(Deserialize)]
struct Vevent<'a> {
    uid: String,
    sequence: i32,
    stamp: &'a str,
    last_modified: Option<&'a str>,
    starts_at: &'a str,
    ends_at: &'a str,
    start_date: Option<&'a str>,
    end_date: Option<&'a str>,
    timezone: Option<&'a str>,
    vtimezone: Option<String>,
    recurrence: Option<String>,
    recurrence_id: Option<&'a str>,
    #[serde(default)]
    recurrence_this_and_future: bool,
    duration: Option<&'a str>,
    title: Option<String>,
    description: Option<String>,
    location: Option<String>,
    url: Option<String>,
    status: &'a str,
    transparency: &'a str,
    organizer: Option<Address>,
    attendee: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    name: Option<String>,
    email: String,
}

fn component(vevent: Vevent<'_>) -> Component {
    let date = |text: Option<&str>| text.and_then(parse_date);
    let span = match (date(vevent.start_date), date(vevent.end_date)) {
        (Some(first), Some(end)) => Span::Dates(first, end),
        _ => Span::Times(Interval::new(instant(vevent.starts_at), instant(vevent.ends_at))),
    };
    Component {
        sequence: vevent.sequence,
        last_modified: vevent.last_modified.map(instant),
        timezone: match (vevent.vtimezone, vevent.timezone) {
            (Some(text), _) => {
                let zone = report::or_raise(engine::ics::custom_zone(&text, &mut report::tick));
                Some(Zone::Custom(Arc::new(zone)))
            }
            (None, name) => name.map(|name| super::zone_argument("timezone", name)),
        },
        recurrence: vevent.recurrence,
        recurrence_id: vevent.recurrence_id.map(|id| report::or_raise(id.parse())),
        this_and_future: vevent.recurrence_this_and_future,
        duration: vevent.duration.and_then(Duration::parse),
        summary: vevent.title,
        description: vevent.description,
        location: vevent.location,
        url: vevent.url,
        status: Status::from_name(vevent.status)
            .unwrap_or_else(|| unknown("status", vevent.status)),
        transparency: Transparency::from_name(vevent.transparency)
            .unwrap_or_else(|| unknown("transparency", vevent.transparency)),
        organizer: vevent.organizer.map(|Address { name, email }| Person { name, email }),
        attendees: vevent.attendee.map(invited).into_iter().collect(),
        ..Component::new(vevent.uid, instant(vevent.stamp), span)
    }
}

fn invited(Address { name, email }: Address) -> Attendee {
    Attendee { name, email, rsvp: true, invited_by_client: false }
}

fn unknown(key: &str, word: &str) -> ! {
    report::invalid_parameter(&format!("calendar: {key} {} is not known", quoted(word)))
}

fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap_or_else(|| {
        report::invalid_parameter(&format!("calendar: {} is not an instant", quoted(text)))
    })
}

fn method(name: &str) -> Method {
    match name {
        "PUBLISH" => Method::Publish,
        "REQUEST" => Method::Request,
        "CANCEL" => Method::Cancel,
        _ => report::invalid_parameter(&format!(
            "method must be REQUEST, CANCEL or PUBLISH, not {}",
            quoted(name)
        )),
    }
}
