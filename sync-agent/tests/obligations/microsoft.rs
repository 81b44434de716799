//! An account at Microsoft.

use crate::account::{Account, Shown, bearing};
use engine::Interval;
use engine::event::Span;
use engine::time::{Instant, parse_instant};
use provider_fakes::microsoft::Microsoft;
use provider_fakes::server::Server;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

struct Mailbox {
    server: Microsoft,
    calendars: [String; 2],
}

pub(crate) fn start(runtime: &Runtime, _zone: &str) -> Box<dyn Account> {
    let server = runtime.block_on(Microsoft::start(0)).unwrap();
    let calendars = [server.calendar(), server.add_calendar("Team", true)];
    Box::new(Mailbox { server, calendars })
}

impl Account for Mailbox {
    fn provider(&self) -> &'static str {
        "microsoft"
    }

    fn calendars(&self) -> [String; 2] {
        self.calendars.clone()
    }

    fn server(&self) -> Option<&Server> {
        Some(self.server.server())
    }

    fn creates(&self) -> &'static str {
        "POST /v1.0/me/calendars/"
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let authorized = bearing(http, self.server.access_token());
        let base = self.server.base().parse().unwrap();
        Arc::new(connector::microsoft::Microsoft::new(authorized, base))
    }

    fn events(&self, calendar: &str) -> Vec<(String, Shown)> {
        let events = self.server.events(calendar);
        events.iter().map(|event| (text(&event["id"]), shown(event))).collect()
    }

    fn change(&self, calendar: &str, id: &str) {
        let at = |time: &str| json!({"dateTime": time, "timeZone": "UTC"});
        let changes = json!({
            "subject": "Mine", "start": at("2026-03-20T15:00:00"), "end": at("2026-03-20T16:00:00"),
            "isAllDay": false, "showAs": "busy", "isReminderOn": false,
        });
        self.server.change(calendar, id, changes);
    }

    fn delete(&self, calendar: &str, id: &str) {
        self.server.remove(calendar, id);
    }
}

fn shown(event: &Value) -> Shown {
    let at = |key: &str| -> Instant {
        assert_eq!(event[key]["timeZone"], "UTC");
        parse_instant(&format!("{}Z", text(&event[key]["dateTime"]))).unwrap()
    };
    let (start, end) = (at("start"), at("end"));
    let reminder = event["reminderMinutesBeforeStart"].as_u64();
    Shown {
        title: text(&event["subject"]),
        notes: text(&event["body"]["content"]),
        // Graph has the same dates in whatever zone it is asked for.
        span: match event["isAllDay"] == true {
            true => Span::Dates(start.utc().date(), end.utc().date()),
            false => Span::Times(Interval::new(start, end)),
        },
        is_free: event["showAs"] == "free",
        reminders: reminder.filter(|_| event["isReminderOn"] == true).into_iter().collect(),
        guests: event["attendees"].as_array().map_or(0, Vec::len),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
