//! An account at Google.

use crate::account::{Account, Shown, bearing};
use engine::Interval;
use engine::event::Span;
use engine::time::{parse_date, parse_instant};
use provider_fakes::google::{Calendar, Google};
use provider_fakes::server::Server;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

const CALENDARS: [&str; 2] = ["broker@example.com", "team@group.calendar.google.com"];

pub(crate) fn start(runtime: &Runtime, zone: &str) -> Box<dyn Account> {
    let google = runtime.block_on(Google::start(0)).unwrap();
    for id in CALENDARS {
        google.add_calendar(Calendar::new(id, zone.parse().unwrap()));
    }
    Box::new(google)
}

impl Account for Google {
    fn provider(&self) -> &'static str {
        "google"
    }

    fn calendars(&self) -> [String; 2] {
        CALENDARS.map(str::to_owned)
    }

    fn server(&self) -> Option<&Server> {
        Some(Self::server(self))
    }

    fn creates(&self) -> &'static str {
        "POST /calendar/v3/calendars/"
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let authorized = bearing(http, self.access_token());
        Arc::new(connector::google::Google::new(authorized, self.base().parse().unwrap()))
    }

    fn events(&self, calendar: &str) -> Vec<(String, Shown)> {
        let mut events = Self::events(self, calendar);
        events.sort_by_key(|event| event["created"].as_str().unwrap().to_owned());
        events.iter().map(|event| (text(&event["id"]), shown(event))).collect()
    }

    fn change(&self, calendar: &str, id: &str) {
        let at = |time: &str| json!({"dateTime": time, "date": null, "timeZone": "UTC"});
        let changes = json!({
            "summary": "Mine", "start": at("2026-03-20T15:00:00Z"), "end": at("2026-03-20T16:00:00Z"),
            "transparency": "opaque", "reminders": {"useDefault": false, "overrides": []},
        });
        Self::change(self, calendar, id, &changes).unwrap();
    }

    fn delete(&self, calendar: &str, id: &str) {
        Self::delete(self, calendar, id).unwrap();
    }
}

fn shown(event: &Value) -> Shown {
    let date = |key: &str| event[key]["date"].as_str().and_then(parse_date);
    let time = |key: &str| event[key]["dateTime"].as_str().and_then(parse_instant);
    let overrides = event["reminders"]["overrides"].as_array().cloned().unwrap_or_default();
    Shown {
        title: text(&event["summary"]),
        notes: text(&event["description"]),
        span: match date("start").zip(date("end")) {
            Some((first, end)) => Span::Dates(first, end),
            None => Span::Times(Interval::new(time("start").unwrap(), time("end").unwrap())),
        },
        is_free: event["transparency"] == "transparent",
        reminders: overrides.iter().map(|one| one["minutes"].as_u64().unwrap()).collect(),
        guests: event["attendees"].as_array().map_or(0, Vec::len),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
