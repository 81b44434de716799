//! Microsoft Graph, of which there is a stand-in.

use crate::peer::{Abilities, Daily, Held, Peer, Planned, ZONE};
use crate::suite::conforms;
use async_trait::async_trait;
use engine::Interval;
use engine::event::{Span, When};
use engine::time::{parse_date, parse_instant};
use provider_fakes::microsoft::Microsoft as Server;
use providers::Place;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::connector::microsoft::Microsoft;
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::{Http, Limits};

conforms!(start);

struct Graph {
    server: Server,
    connector: Microsoft,
}

/// Starts the stand-in. Where something is put between it and the connector
/// (`scripts/check-fakes`), it listens where that expects it.
async fn start() -> Graph {
    let port = std::env::var("CALENDAR_TEST_MICROSOFT_PORT").map_or(0, |p| p.parse().unwrap());
    let server = Server::start(port).await.unwrap();
    if let Ok(base) = std::env::var("CALENDAR_TEST_MICROSOFT_BASE") {
        server.is_reached_at(&base);
    }
    let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
    let token = Arc::new(SecretString::from(server.access_token()));
    let connector = Microsoft::new(Authorized::new(http, token), server.base().parse().unwrap());
    Graph { server, connector }
}

impl Graph {
    /// Makes occurrences of a series unlike the rest.
    fn except(&self, series: &str, event: &Planned) {
        let Some(Daily { moved, cancelled, .. }) = &event.daily else { return };
        let calendar = self.server.calendar();
        if let Some((index, interval)) = moved {
            let id = self.server.occurrence(series, *index);
            self.server.change(&calendar, &id, times(Span::Times(*interval)));
        }
        if let Some(index) = cancelled {
            self.server.remove(&calendar, &self.server.occurrence(series, *index));
        }
    }
}

#[async_trait]
impl Peer for Graph {
    fn abilities(&self) -> Abilities {
        Abilities {
            unchanged: true,
            changes: true,
            all_day: true,
            series: true,
            writes: true,
            preconditions: true,
            keeps_changes: true,
            telling_ids: false,
            many: 60,
        }
    }

    fn tells_removals(&self) -> bool {
        false
    }

    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn place(&self) -> Place {
        Place { external_calendar_id: self.server.calendar(), timezone: ZONE.into() }
    }

    async fn add(&self, event: &Planned) -> String {
        let id = self.server.add(&self.server.calendar(), body(event));
        self.except(&id, event);
        id
    }

    async fn change(&self, external_event_id: &str, event: &Planned) {
        self.server.change(&self.server.calendar(), external_event_id, body(event));
        self.except(external_event_id, event);
    }

    async fn remove(&self, external_event_id: &str) {
        self.server.remove(&self.server.calendar(), external_event_id);
    }

    async fn held(&self) -> Vec<Held> {
        let events = self.server.events(&self.server.calendar());
        events.iter().map(held).collect()
    }

    async fn forget_tokens(&self) {
        self.server.forget_links();
    }
}

fn held(event: &Value) -> Held {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let at = |key: &str| text(&event[key]["dateTime"]);
    let attendees = event["attendees"].as_array().unwrap();
    Held {
        external_event_id: text(&event["id"]),
        title: text(&event["subject"]),
        span: if event["isAllDay"] == true {
            let date = |key: &str| parse_date(&at(key)[..10]).unwrap();
            Span::Dates(date("start"), date("end"))
        } else {
            let instant = |key: &str| parse_instant(&format!("{}Z", at(key))).unwrap();
            Span::Times(Interval::new(instant("start"), instant("end")))
        },
        is_tentative: event["showAs"] == "tentative",
        invited: attendees.iter().map(|one| text(&one["emailAddress"]["address"])).collect(),
    }
}

/// The body of a request to create an event.
fn body(event: &Planned) -> Value {
    let mut body = times(event.span);
    body["subject"] = event.title.clone().into();
    body["isAllDay"] = matches!(event.span, Span::Dates(..)).into();
    body["recurrence"] = event.daily.as_ref().map_or(Value::Null, |daily| {
        let first = body["start"]["dateTime"].as_str().unwrap()[..10].to_owned();
        json!({
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": first, "numberOfOccurrences": daily.count},
        })
    });
    body
}

fn times(span: Span) -> Value {
    let (start, end) = match span {
        Span::Dates(first, end) => (When::Date(first), When::Date(end)),
        Span::Times(interval) => (When::At(interval.start), When::At(interval.end)),
    };
    json!({"start": point(start), "end": point(end)})
}

fn point(when: When) -> Value {
    let at = match when {
        When::Date(date) => date.and_hms_opt(0, 0, 0).unwrap(),
        When::At(instant) => instant.utc(),
    };
    json!({"dateTime": at.format("%FT%T").to_string(), "timeZone": "UTC"})
}
