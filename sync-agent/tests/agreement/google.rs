//! A user's calendar at Google.

use crate::ics;
use crate::provider::{Program, Provider, Seen, bearing, booking};
use crate::time::{self, Span};
use provider_fakes::google::{Calendar, Google, Knobs};
use provider_fakes::server::Server;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

const CALENDAR: &str = "broker@example.com";
const OTHER: &str = "other@group.calendar.google.com";

/// The private property that holds the booking's id.
const MARK: &str = "syncAgentBooking";

/// The rule of a series, before the number of its occurrences.
const RULE: &str = "RRULE:FREQ=DAILY;COUNT=";

struct Account {
    server: Google,
    copied: Cell<u32>,
    /// Which calendar the user deleted an event from.
    deleted: RefCell<HashMap<String, &'static str>>,
}

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    let google = runtime.block_on(Google::start(0)).unwrap();
    let mut calendar = Calendar::new(CALENDAR, "America/New_York".parse().unwrap());
    calendar.is_primary = true;
    // A link that is still being made would be waited for.
    calendar.allows_meet = false;
    google.add_calendar(calendar);
    let mut other = Calendar::new(OTHER, "America/New_York".parse().unwrap());
    other.allows_meet = false;
    google.add_calendar(other);
    google.set(Knobs { page_size: Some(3), empty_pages: true, ..Knobs::default() });
    Box::new(Account { server: google, copied: Cell::default(), deleted: RefCell::default() })
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "google"
    }

    fn server(&self) -> &Server {
        self.server.server()
    }

    fn calendar(&self) -> String {
        CALENDAR.into()
    }

    fn other_calendar(&self) -> Option<String> {
        Some(OTHER.into())
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let authorized = bearing(http, &self.server.access_token());
        Arc::new(connector::google::Google::new(authorized, self.server.base().parse().unwrap()))
    }

    fn program(&self) -> Program {
        let origin = self.server.server().origin();
        Program {
            arguments: vec!["google".into(), "--refresh-token-stdin".into()],
            secret: self.server.refresh_token(),
            environment: vec![
                ("SYNC_AGENT_GOOGLE_BASE_URL", self.server.base()),
                ("SYNC_AGENT_GOOGLE_TOKEN_URL", format!("{origin}/token")),
                ("SYNC_AGENT_GOOGLE_CLIENT_ID", Google::CLIENT_ID.into()),
                ("SYNC_AGENT_GOOGLE_CLIENT_SECRET", Google::CLIENT_SECRET.into()),
            ],
        }
    }

    fn events(&self) -> Vec<Seen> {
        let mut other = self.events_in(OTHER);
        other.iter_mut().for_each(|event| event.is_elsewhere = true);
        self.events_in(CALENDAR).into_iter().chain(other).collect()
    }

    fn add(&self, title: &str, span: Span) {
        let mut event = times(span);
        event["summary"] = title.into();
        self.server.create(CALENDAR, &event).unwrap();
    }

    fn add_series(&self, title: &str, first: Span, count: u32) -> bool {
        let mut event = times(first);
        event["summary"] = title.into();
        event["recurrence"] = json!([format!("{RULE}{count}")]);
        self.server.create(CALENDAR, &event).is_ok()
    }

    fn shift(&self, id: &str, span: Span) {
        let mut changes = times(span);
        for key in ["start", "end"] {
            changes[key]["date"] = Value::Null;
        }
        self.change(id, &changes).unwrap();
    }

    fn make_series(&self, event: &Seen, count: u32) -> bool {
        self.change(&event.id, &json!({"recurrence": [format!("{RULE}{count}")]})).is_ok()
    }

    fn copy(&self, event: &Seen) -> Option<String> {
        let (from, to) = match event.is_elsewhere {
            false => (CALENDAR, OTHER),
            true => (OTHER, CALENDAR),
        };
        let mut copy = self.server.event(from, &event.id)?;
        self.copied.set(self.copied.get() + 1);
        copy["id"] = format!("dup{}", self.copied.get() + 10_000).into();
        self.server.create(to, &copy).ok()
    }

    fn make_all_day(&self, id: &str, days: Span) -> bool {
        let [start, end] =
            time::dates(days).map(|date| json!({"date": date, "dateTime": null, "timeZone": null}));
        self.change(id, &json!({"start": start, "end": end})).is_ok()
    }

    fn remark(&self, id: &str, number: u32) {
        let alarm = json!({"method": "popup", "minutes": number});
        let changes = json!({
            "summary": format!("my title {number}"),
            "description": format!("my notes {number}"),
            "reminders": {"useDefault": false, "overrides": [alarm]},
        });
        self.change(id, &changes).unwrap();
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        vec![
            format!("my title {number}"),
            format!("my notes {number}"),
            format!("[{}]", json!({"method": "popup", "minutes": number})),
        ]
    }

    fn delete(&self, id: &str) {
        let calendar = self.calendar_of(id);
        self.server.delete(calendar, id).unwrap();
        self.deleted.borrow_mut().insert(id.to_owned(), calendar);
    }

    fn put_back(&self, id: &str) -> bool {
        let deleted = self.deleted.borrow();
        let put_back =
            |calendar| self.server.change(calendar, id, &json!({"status": "confirmed"})).is_ok();
        // An occurrence comes back with its series alone.
        let series = id.split_once('_').map(|(series, _)| series);
        let is_there = |event: Value| event["status"] != "cancelled";
        let can_be = |calendar| {
            series.is_none_or(|id| self.server.event(calendar, id).is_some_and(is_there))
        };
        deleted.get(id).copied().is_some_and(|calendar| can_be(calendar) && put_back(calendar))
    }

    fn refile(&self, id: &str) -> bool {
        let from = self.calendar_of(id);
        let to = if from == CALENDAR { OTHER } else { CALENDAR };
        self.server.file(from, id, to).is_ok()
    }

    fn forget_tokens(&self) {
        self.server.expire_sync_tokens();
    }
}

impl Account {
    /// The calendar that has an event.
    fn calendar_of(&self, id: &str) -> &'static str {
        let is_there = |event: &Value| event["status"] != "cancelled";
        let in_other = self.server.event(OTHER, id).as_ref().is_some_and(is_there);
        if in_other { OTHER } else { CALENDAR }
    }

    fn change(&self, id: &str, changes: &Value) -> Result<(), String> {
        self.server.change(self.calendar_of(id), id, changes)
    }

    fn events_in(&self, calendar: &str) -> Vec<Seen> {
        let events = self.server.events(calendar);
        // Exceptions are looked up by their series.
        let own = events.iter().filter(|event| event["recurringEventId"].is_null());
        let all_of = |event: &Value| match event["recurrence"].is_null() {
            true => vec![seen(event)],
            false => self.occurrences(calendar, event),
        };
        own.flat_map(all_of).collect()
    }

    /// What takes place of a series. If a booking's event has become one, it is the first.
    fn occurrences(&self, calendar: &str, master: &Value) -> Vec<Seen> {
        let Seen { id, booking, span: first, .. } = seen(master);
        let rule = master["recurrence"][0].as_str().and_then(|rule| rule.strip_prefix(RULE));
        let occurrence = |index| {
            let (planned, _) = time::days_later(first, index);
            let event = self.server.event(calendar, &format!("{id}_{}", ics::basic(planned)))?;
            let (mirrored, series) = (id.clone(), Some(id.clone()));
            let booking = booking.filter(|_| index == 0);
            let is_there = event["status"] != "cancelled";
            is_there.then(|| Seen { mirrored, series, booking, ..seen(&event) })
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
        booking: event["extendedProperties"]["private"][MARK].as_str().and_then(booking),
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
