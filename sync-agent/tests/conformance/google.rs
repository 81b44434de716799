//! Google Calendar, of which there is a stand-in.

use crate::peer::{Abilities, Daily, Held, Peer, Planned, ZONE};
use crate::suite::conforms;
use async_trait::async_trait;
use engine::Interval;
use engine::event::{Span, When};
use engine::time::{Instant, parse_date, parse_instant};
use provider_fakes::google::{Calendar, Google, Knobs};
use providers::Place;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::{Http, Limits};

conforms!(start);

const CALENDAR: &str = "broker@example.com";

struct GooglePeer {
    google: Google,
    connector: connector::google::Google,
}

/// Starts the stand-in. Where something is put between it and the connector
/// (`scripts/check-fakes`), it listens where that expects it.
async fn start() -> GooglePeer {
    let port = std::env::var("CALENDAR_TEST_GOOGLE_PORT").map_or(0, |port| port.parse().unwrap());
    let google = Google::start(port).await.unwrap();
    google.add_calendar(Calendar::new(CALENDAR, ZONE.parse().unwrap()));
    google.set(Knobs { page_size: Some(4), empty_pages: true, ..Knobs::default() });
    let base = std::env::var("CALENDAR_TEST_GOOGLE_BASE").unwrap_or_else(|_| google.base());
    let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
    let tokens = Arc::new(SecretString::from(google.access_token()));
    let authorized = Authorized::new(http, tokens);
    let connector = connector::google::Google::new(authorized, base.parse().unwrap());
    GooglePeer { google, connector }
}

#[async_trait]
impl Peer for GooglePeer {
    fn abilities(&self) -> Abilities {
        Abilities {
            unchanged: true,
            changes: true,
            all_day: true,
            series: true,
            writes: true,
            preconditions: true,
            keeps_changes: true,
            telling_ids: true,
            many: 10,
        }
    }

    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn place(&self) -> Place {
        Place { external_calendar_id: CALENDAR.into(), timezone: ZONE.into() }
    }

    async fn add(&self, event: &Planned) -> String {
        let id = self.google.create(CALENDAR, &google(event)).unwrap();
        self.except(&id, event);
        id
    }

    async fn change(&self, external_event_id: &str, event: &Planned) {
        let mut changes = google(event);
        for (key, other) in
            [("start", "date"), ("start", "dateTime"), ("end", "date"), ("end", "dateTime")]
        {
            if changes[key].get(other).is_none() {
                changes[key][other] = Value::Null;
            }
        }
        self.google.change(CALENDAR, external_event_id, &changes).unwrap();
        self.except(external_event_id, event);
    }

    async fn remove(&self, external_event_id: &str) {
        self.google.delete(CALENDAR, external_event_id).unwrap();
    }

    async fn held(&self) -> Vec<Held> {
        let events = self.google.events(CALENDAR);
        events.iter().filter(|event| event["recurringEventId"].is_null()).map(held).collect()
    }

    async fn forget_tokens(&self) {
        self.google.expire_sync_tokens();
    }
}

impl GooglePeer {
    /// Moves and removes occurrences of a series.
    fn except(&self, id: &str, event: &Planned) {
        let Some(Daily { moved, cancelled, .. }) = &event.daily else { return };
        let occurrence = |index| format!("{id}_{}", basic(event.original(index)));
        if let Some((index, interval)) = moved {
            let changes = times(Span::Times(*interval));
            self.google.change(CALENDAR, &occurrence(*index), &changes).unwrap();
        }
        if let Some(index) = cancelled {
            self.google.delete(CALENDAR, &occurrence(*index)).unwrap();
        }
    }
}

fn google(event: &Planned) -> Value {
    let mut google = times(event.span);
    google["summary"] = event.title.as_str().into();
    if let Some(daily) = &event.daily {
        google["recurrence"] = json!([format!("RRULE:FREQ=DAILY;COUNT={}", daily.count)]);
    }
    google
}

fn times(span: Span) -> Value {
    match span {
        Span::Dates(first, end) => {
            json!({"start": {"date": first}, "end": {"date": end}})
        }
        Span::Times(Interval { start, end }) => {
            let point = |instant: Instant| json!({"dateTime": instant.utc().and_utc().to_rfc3339(), "timeZone": ZONE});
            json!({"start": point(start), "end": point(end)})
        }
    }
}

/// A recurrence id as ids of occurrences have it.
fn basic(original: When) -> String {
    match original {
        When::Date(date) => date.format("%Y%m%d").to_string(),
        When::At(instant) => instant.utc().format("%Y%m%dT%H%M%SZ").to_string(),
    }
}

fn held(event: &Value) -> Held {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let attendees = event["attendees"].as_array().into_iter().flatten();
    let date = |key: &str| parse_date(event[key]["date"].as_str()?);
    let time = |key: &str| parse_instant(event[key]["dateTime"].as_str()?);
    Held {
        external_event_id: text(&event["id"]),
        title: text(&event["summary"]),
        span: match date("start").zip(date("end")) {
            Some((first, end)) => Span::Dates(first, end),
            None => Span::Times(Interval::new(time("start").unwrap(), time("end").unwrap())),
        },
        is_tentative: event["status"] == "tentative",
        invited: attendees.map(|attendee| text(&attendee["email"])).collect(),
    }
}
