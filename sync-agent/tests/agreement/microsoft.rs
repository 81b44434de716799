//! A user's calendar at Microsoft.

use crate::provider::{Program, Provider, Seen, bearing, booking};
use crate::time::{self, Span};
use chrono::{DateTime, NaiveDateTime, Utc};
use provider_fakes::microsoft::Microsoft;
use provider_fakes::server::Server;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

/// The extended property that holds the booking's id.
const MARK: &str = "String {74b68200-f69e-4dbf-ba29-1bd56cdceb33} Name CalendarBooking";

struct Account(Microsoft);

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    Box::new(Account(runtime.block_on(Microsoft::start(0)).unwrap()))
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "microsoft"
    }

    fn server(&self) -> &Server {
        self.0.server()
    }

    fn calendar(&self) -> String {
        self.0.calendar()
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let authorized = bearing(http, &self.0.access_token());
        Arc::new(connector::microsoft::Microsoft::new(authorized, self.0.base().parse().unwrap()))
    }

    fn program(&self) -> Program {
        Program {
            arguments: vec!["microsoft".into(), "--refresh-token-stdin".into()],
            secret: self.0.refresh_token(),
            environment: vec![
                ("SYNC_AGENT_MICROSOFT_BASE_URL", self.0.base()),
                ("SYNC_AGENT_MICROSOFT_LOGIN_URL", format!("{}/", self.0.server().origin())),
                ("SYNC_AGENT_MICROSOFT_CLIENT_ID", "client".into()),
            ],
        }
    }

    fn events(&self) -> Vec<Seen> {
        let events = self.0.events(&self.0.calendar());
        events.iter().flat_map(|event| self.all_of(event)).collect()
    }

    fn add(&self, title: &str, span: Span) {
        let mut event = times(span);
        event["subject"] = title.into();
        self.0.add(&self.0.calendar(), event);
    }

    fn add_series(&self, title: &str, first: Span, count: u32) -> bool {
        let mut event = times(first);
        event["subject"] = title.into();
        event["recurrence"] = json!({
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": first.0.date_naive(), "numberOfOccurrences": count},
        });
        self.0.add(&self.0.calendar(), event);
        true
    }

    fn shift(&self, id: &str, span: Span) {
        let mut changes = times(span);
        changes["isAllDay"] = false.into();
        self.0.change(&self.0.calendar(), id, changes);
    }

    fn make_all_day(&self, id: &str, days: Span) -> bool {
        let [start, end] = time::dates(days)
            .map(|date| json!({"dateTime": format!("{date}T00:00:00"), "timeZone": "UTC"}));
        let changes = json!({"isAllDay": true, "start": start, "end": end});
        self.0.change(&self.0.calendar(), id, changes);
        true
    }

    fn remark(&self, id: &str, number: u32) {
        let changes = json!({
            "subject": format!("my title {number}"),
            "body": {"contentType": "text", "content": format!("my notes {number}")},
            "reminderMinutesBeforeStart": number,
        });
        self.0.change(&self.0.calendar(), id, changes);
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        vec![format!("my title {number}"), format!("my notes {number}"), number.to_string()]
    }

    fn delete(&self, id: &str) {
        self.0.remove(&self.0.calendar(), id);
    }

    fn put_back(&self, id: &str) -> bool {
        self.0.file(id, &self.0.calendar());
        true
    }

    fn forget_tokens(&self) {
        self.0.forget_links();
    }
}

impl Account {
    /// An event, or what takes place of a series: each occurrence is an event for us.
    fn all_of(&self, event: &Value) -> Vec<Seen> {
        if event["recurrence"].is_null() {
            return vec![self.seen(event)];
        }
        let series = event["id"].as_str().unwrap();
        let occurrences = self.0.occurrences(&self.0.calendar(), series);
        let seen = |event| Seen { series: Some(series.to_owned()), ..self.seen(event) };
        occurrences.iter().map(seen).collect()
    }

    fn seen(&self, event: &Value) -> Seen {
        let id = event["id"].as_str().unwrap();
        let at = |key: &str| match (event["isAllDay"].as_bool(), &event[key]["dateTime"]) {
            (Some(true), at) => time::midnight(&at.as_str().unwrap()[..10]),
            (_, at) => instant(at.as_str().unwrap()),
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Seen {
            booking: self.0.property(id, MARK).as_deref().and_then(booking),
            remarks: vec![
                text(&event["subject"]),
                text(&event["body"]["content"]),
                event["reminderMinutesBeforeStart"].to_string(),
            ],
            ..Seen::single(id, (at("start"), at("end")))
        }
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").unwrap().and_utc()
}

fn times((start, end): Span) -> Value {
    let point =
        |at: DateTime<Utc>| json!({"dateTime": at.format("%FT%T").to_string(), "timeZone": "UTC"});
    json!({"start": point(start), "end": point(end)})
}
