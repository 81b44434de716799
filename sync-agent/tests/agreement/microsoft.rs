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

struct Account {
    server: Microsoft,
    /// The user's first calendar, and another one.
    calendars: [String; 2],
}

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    let server = runtime.block_on(Microsoft::start(0)).unwrap();
    let calendars = [server.calendar(), server.add_calendar("Other", true)];
    Box::new(Account { server, calendars })
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "microsoft"
    }

    fn server(&self) -> &Server {
        self.server.server()
    }

    fn calendar(&self) -> String {
        self.calendars[0].clone()
    }

    fn other_calendar(&self) -> Option<String> {
        Some(self.calendars[1].clone())
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let authorized = bearing(http, &self.server.access_token());
        Arc::new(connector::microsoft::Microsoft::new(
            authorized,
            self.server.base().parse().unwrap(),
        ))
    }

    fn program(&self) -> Program {
        Program {
            arguments: vec!["microsoft".into(), "--refresh-token-stdin".into()],
            secret: self.server.refresh_token(),
            environment: vec![
                ("SYNC_AGENT_MICROSOFT_BASE_URL", self.server.base()),
                ("SYNC_AGENT_MICROSOFT_LOGIN_URL", format!("{}/", self.server.server().origin())),
                ("SYNC_AGENT_MICROSOFT_CLIENT_ID", "client".into()),
            ],
        }
    }

    fn events(&self) -> Vec<Seen> {
        let events_in = |calendar: &String| {
            let events = self.server.events(calendar);
            events.iter().flat_map(|event| self.all_of(calendar, event)).collect::<Vec<_>>()
        };
        let [main, mut other] = self.calendars.each_ref().map(events_in);
        other.iter_mut().for_each(|event| event.is_elsewhere = true);
        main.into_iter().chain(other).collect()
    }

    fn add(&self, title: &str, span: Span) {
        let mut event = times(span);
        event["subject"] = title.into();
        self.server.add(&self.calendars[0], event);
    }

    fn add_series(&self, title: &str, first: Span, count: u32) -> bool {
        let mut event = times(first);
        event["subject"] = title.into();
        event["recurrence"] = daily(first, count);
        self.server.add(&self.calendars[0], event);
        true
    }

    fn shift(&self, id: &str, span: Span) {
        let mut changes = times(span);
        changes["isAllDay"] = false.into();
        self.server.change(self.calendar_of(id), id, changes);
    }

    fn make_series(&self, event: &Seen, count: u32) -> bool {
        let changes = json!({"recurrence": daily(event.span, count)});
        self.server.change(self.calendar_of(&event.id), &event.id, changes);
        true
    }

    fn copy(&self, event: &Seen) -> Option<String> {
        let [main, other] = &self.calendars;
        let (from, to) = if event.is_elsewhere { (other, main) } else { (main, other) };
        let all =
            self.server.events(from).into_iter().find(|all| all["id"] == event.id.as_str())?;
        let keys = ["subject", "body", "start", "end", "isAllDay", "reminderMinutesBeforeStart"];
        let mut copy: Value = keys.iter().map(|&key| (key.to_owned(), all[key].clone())).collect();
        let mark = self.server.property(&event.id, MARK)?;
        copy["singleValueExtendedProperties"] = json!([{"id": MARK, "value": mark}]);
        Some(self.server.add(to, copy))
    }

    fn make_all_day(&self, id: &str, days: Span) -> bool {
        let [start, end] = time::dates(days)
            .map(|date| json!({"dateTime": format!("{date}T00:00:00"), "timeZone": "UTC"}));
        let changes = json!({"isAllDay": true, "start": start, "end": end});
        self.server.change(self.calendar_of(id), id, changes);
        true
    }

    fn remark(&self, id: &str, number: u32) {
        let changes = json!({
            "subject": format!("my title {number}"),
            "body": {"contentType": "text", "content": format!("my notes {number}")},
            "reminderMinutesBeforeStart": number,
        });
        self.server.change(self.calendar_of(id), id, changes);
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        vec![format!("my title {number}"), format!("my notes {number}"), number.to_string()]
    }

    fn delete(&self, id: &str) {
        self.server.remove(self.calendar_of(id), id);
    }

    fn put_back(&self, id: &str) -> bool {
        // An occurrence does not come back.
        let is_single = !id.contains('.');
        if is_single {
            self.server.file(id, &self.calendars[0]);
        }
        is_single
    }

    fn refile(&self, id: &str) -> bool {
        let [main, other] = &self.calendars;
        self.server.file(id, if self.calendar_of(id) == main { other } else { main });
        true
    }

    fn forget_tokens(&self) {
        self.server.forget_links();
    }
}

impl Account {
    /// The calendar that has an event, or an occurrence.
    fn calendar_of(&self, id: &str) -> &str {
        let [main, other] = &self.calendars;
        let (event, _) = id.split_once('.').unwrap_or((id, ""));
        let in_other = self.server.events(other).iter().any(|other| other["id"] == event);
        if in_other { other } else { main }
    }

    /// An event, or what takes place of a series: each occurrence is an event for us. If a
    /// booking's event has become one, it is the first.
    fn all_of(&self, calendar: &str, event: &Value) -> Vec<Seen> {
        if event["recurrence"].is_null() {
            return vec![self.seen(event)];
        }
        let series = event["id"].as_str().unwrap();
        let booking = self.seen(event).booking;
        let first = self.server.occurrence(series, 0);
        let seen = |event: &Value| Seen {
            series: Some(series.to_owned()),
            booking: booking.filter(|_| event["id"] == first.as_str()),
            ..self.seen(event)
        };
        self.server.occurrences(calendar, series).iter().map(seen).collect()
    }

    fn seen(&self, event: &Value) -> Seen {
        let id = event["id"].as_str().unwrap();
        let at = |key: &str| match (event["isAllDay"].as_bool(), &event[key]["dateTime"]) {
            (Some(true), at) => time::midnight(&at.as_str().unwrap()[..10]),
            (_, at) => instant(at.as_str().unwrap()),
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Seen {
            booking: self.server.property(id, MARK).as_deref().and_then(booking),
            remarks: vec![
                text(&event["subject"]),
                text(&event["body"]["content"]),
                event["reminderMinutesBeforeStart"].to_string(),
            ],
            ..Seen::single(id, (at("start"), at("end")))
        }
    }
}

/// The recurrence of an event that takes place on as many days.
fn daily((start, _): Span, count: u32) -> Value {
    json!({
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": start.date_naive(), "numberOfOccurrences": count},
    })
}

fn instant(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").unwrap().and_utc()
}

fn times((start, end): Span) -> Value {
    let point =
        |at: DateTime<Utc>| json!({"dateTime": at.format("%FT%T").to_string(), "timeZone": "UTC"});
    json!({"start": point(start), "end": point(end)})
}
