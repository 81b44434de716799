//! A user's calendar at GoHighLevel.

use crate::provider::{Program, Provider, Seen, bearing, booking};
use crate::time::Span;
use provider_fakes::ghl::{CALENDAR, Ghl, LOCATION};
use provider_fakes::server::Server;
use providers::ghl::Location;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::connector::{self, Connector};
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

struct Account(Ghl);

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    Box::new(Account(runtime.block_on(Ghl::start(0)).unwrap()))
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "ghl"
    }

    fn server(&self) -> &Server {
        self.0.server()
    }

    fn calendar(&self) -> String {
        CALENDAR.into()
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let location = Location::new(self.0.server().origin().parse().unwrap(), LOCATION);
        Arc::new(connector::ghl::Ghl::new(bearing(http, Ghl::TOKEN), location))
    }

    fn program(&self) -> Program {
        Program {
            arguments: ["ghl", "--location", LOCATION, "--token-stdin"].map(str::to_owned).into(),
            secret: Ghl::TOKEN.into(),
            environment: vec![("SYNC_AGENT_GHL_BASE_URL", self.0.server().origin())],
        }
    }

    fn events(&self) -> Vec<Seen> {
        let events = self.0.events();
        events.iter().filter(|event| event["calendarId"] == CALENDAR).map(seen).collect()
    }

    fn add(&self, title: &str, (start, end): Span) {
        self.0.add(CALENDAR, title, (start.fixed_offset(), end.fixed_offset()));
    }

    fn shift(&self, id: &str, (start, end): Span) {
        let said = json!({"startTime": start.to_rfc3339(), "endTime": end.to_rfc3339()});
        assert!(self.0.change(id, said.as_object().unwrap()));
    }

    /// The description holds the mark by which we know our own, and there are no alarms.
    fn remark(&self, id: &str, number: u32) {
        let said = json!({"title": format!("my title {number}")});
        assert!(self.0.change(id, said.as_object().unwrap()));
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        vec![format!("my title {number}")]
    }

    fn delete(&self, id: &str) {
        assert!(self.0.remove(id));
    }
}

fn seen(event: &Value) -> Seen {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let at = |key: &str| text(key).parse().unwrap();
    // The mark is at the end.
    let description = text("description");
    let mark = description.len().checked_sub(36).and_then(|from| description.get(from..));
    Seen {
        booking: mark.and_then(booking),
        remarks: vec![text("title")],
        ..Seen::single(&text("id"), (at("startTime"), at("endTime")))
    }
}
