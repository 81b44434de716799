//! A user's calendar at Google.

use crate::ics;
use crate::provider::{Program, Provider, Seen, bearing, booking};
use crate::time::{self, Span};
use provider_fakes::google::{Calendar, Google, Knobs};
use provider_fakes::server::Server;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

const CALENDAR: &str = "broker@example.com";

/// The rule of a series, before the number of its occurrences.
const RULE: &str = "RRULE:FREQ=DAILY;COUNT=";

struct Account(Google);

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    let google = runtime.block_on(Google::start(0)).unwrap();
    let mut calendar = Calendar::new(CALENDAR, "America/New_York".parse().unwrap());
    calendar.is_primary = true;
    // A link that is still being made would be waited for.
    calendar.allows_meet = false;
    google.add_calendar(calendar);
    google.set(Knobs { page_size: Some(3), empty_pages: true, ..Knobs::default() });
    Box::new(Account(google))
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "google"
    }

    fn server(&self) -> &Server {
        self.0.server()
    }

    fn calendar(&self) -> String {
        CALENDAR.into()
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let authorized = bearing(http, &self.0.access_token());
        Arc::new(connector::google::Google::new(authorized, self.0.base().parse().unwrap()))
    }

    fn program(&self) -> Program {
        let origin = self.0.server().origin();
        Program {
            arguments: vec!["google".into(), "--refresh-token-stdin".into()],
            secret: self.0.refresh_token(),
            environment: vec![
                ("SYNC_AGENT_GOOGLE_BASE_URL", self.0.base()),
                ("SYNC_AGENT_GOOGLE_TOKEN_URL", format!("{origin}/token")),
                ("SYNC_AGENT_GOOGLE_CLIENT_ID", Google::CLIENT_ID.into()),
                ("SYNC_AGENT_GOOGLE_CLIENT_SECRET", Google::CLIENT_SECRET.into()),
            ],
        }
    }

    fn events(&self) -> Vec<Seen> {
        let events = self.0.events(CALENDAR);
        // Exceptions are looked up by their series.
        let own = events.iter().filter(|event| event["recurringEventId"].is_null());
        own.flat_map(|event| match event["recurrence"].is_null() {
            true => vec![seen(event)],
            false => self.occurrences(event),
        })
        .collect()
    }

    fn add(&self, title: &str, span: Span) {
        let mut event = times(span);
        event["summary"] = title.into();
        self.0.create(CALENDAR, &event).unwrap();
    }

    fn add_series(&self, title: &str, first: Span, count: u32) -> bool {
        let mut event = times(first);
        event["summary"] = title.into();
        event["recurrence"] = json!([format!("{RULE}{count}")]);
        self.0.create(CALENDAR, &event).is_ok()
    }

    fn shift(&self, id: &str, span: Span) {
        let mut changes = times(span);
        for key in ["start", "end"] {
            changes[key]["date"] = Value::Null;
        }
        self.0.change(CALENDAR, id, &changes).unwrap();
    }

    fn make_all_day(&self, id: &str, days: Span) -> bool {
        let [start, end] =
            time::dates(days).map(|date| json!({"date": date, "dateTime": null, "timeZone": null}));
        self.0.change(CALENDAR, id, &json!({"start": start, "end": end})).is_ok()
    }

    fn remark(&self, id: &str, number: u32) {
        let alarm = json!({"method": "popup", "minutes": number});
        let changes = json!({
            "summary": format!("my title {number}"),
            "description": format!("my notes {number}"),
            "reminders": {"useDefault": false, "overrides": [alarm]},
        });
        self.0.change(CALENDAR, id, &changes).unwrap();
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        vec![
            format!("my title {number}"),
            format!("my notes {number}"),
            format!("[{}]", json!({"method": "popup", "minutes": number})),
        ]
    }

    fn delete(&self, id: &str) {
        self.0.delete(CALENDAR, id).unwrap();
    }

    fn put_back(&self, id: &str) -> bool {
        self.0.change(CALENDAR, id, &json!({"status": "confirmed"})).is_ok()
    }

    fn forget_tokens(&self) {
        self.0.expire_sync_tokens();
    }
}

impl Account {
    /// What takes place of a series.
    fn occurrences(&self, master: &Value) -> Vec<Seen> {
        let (id, first) = (master["id"].as_str().unwrap(), seen(master).span);
        let rule = master["recurrence"][0].as_str().and_then(|rule| rule.strip_prefix(RULE));
        let occurrence = |index| {
            let (planned, _) = time::days_later(first, index);
            let event = self.0.event(CALENDAR, &format!("{id}_{}", ics::basic(planned)))?;
            let (id, series) = (id.to_owned(), Some(id.to_owned()));
            let is_there = event["status"] != "cancelled";
            is_there.then(|| Seen { mirrored: id, series, booking: None, ..seen(&event) })
        };
        (0..rule.unwrap().parse().unwrap()).filter_map(occurrence).collect()
    }
}

fn seen(event: &Value) -> Seen {
    let id = event["id"].as_str().unwrap();
    let at = |key: &str| match event[key]["date"].as_str() {
        Some(date) => time::midnight(date),
        None => event[key]["dateTime"].as_str().unwrap().parse().unwrap(),
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Seen {
        booking: id.strip_prefix("bk").and_then(booking),
        remarks: vec![
            text(&event["summary"]),
            text(&event["description"]),
            event["reminders"]["overrides"].to_string(),
        ],
        ..Seen::single(id, (at("start"), at("end")))
    }
}

fn times((start, end): Span) -> Value {
    let point =
        |at: chrono::DateTime<chrono::Utc>| json!({"dateTime": at.to_rfc3339(), "timeZone": "UTC"});
    json!({"start": point(start), "end": point(end)})
}
