//! A user's calendar at Google.

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
        self.0.events(CALENDAR).iter().map(seen).collect()
    }

    fn add(&self, title: &str, span: Span) {
        let mut event = times(span);
        event["summary"] = title.into();
        self.0.create(CALENDAR, &event).unwrap();
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

fn seen(event: &Value) -> Seen {
    let id = event["id"].as_str().unwrap();
    let at = |key: &str| match event[key]["date"].as_str() {
        Some(date) => time::midnight(date),
        None => event[key]["dateTime"].as_str().unwrap().parse().unwrap(),
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Seen {
        id: id.to_owned(),
        booking: id.strip_prefix("bk").and_then(booking),
        span: (at("start"), at("end")),
        remarks: vec![
            text(&event["summary"]),
            text(&event["description"]),
            event["reminders"]["overrides"].to_string(),
        ],
    }
}

fn times((start, end): Span) -> Value {
    let point =
        |at: chrono::DateTime<chrono::Utc>| json!({"dateTime": at.to_rfc3339(), "timeZone": "UTC"});
    json!({"start": point(start), "end": point(end)})
}
