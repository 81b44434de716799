//! A feed that its owner publishes: it is read and not written to.

use crate::ics;
use crate::provider::{Program, Provider, Seen};
use crate::time::Span;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use provider_fakes::server::Server;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use sync_agent::connector::Connector;
use sync_agent::connector::feed::Feed;
use sync_agent::net::http::{Http, Limits};
use tokio::runtime::Runtime;

struct Published {
    server: Server,
    calendar: String,
    events: Shared,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Events>>);

/// By UID.
#[derive(Default)]
struct Events {
    held: BTreeMap<String, (String, Span)>,
    changes: usize,
}

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    let events = Shared::default();
    let shown = events.clone();
    let show = async move |headers: HeaderMap| shown.show(&headers);
    let router = Router::new().route("/calendar.ics", get(show));
    let server = runtime.block_on(Server::start(router, 0)).unwrap();
    let limits = Limits { allow_private_networks: true, ..Limits::default() };
    let calendar = Feed::new(Http::new(limits).unwrap(), &address(&server)).unwrap().id();
    Box::new(Published { server, calendar, events })
}

fn address(server: &Server) -> String {
    format!("{}/calendar.ics", server.origin())
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Events> {
        self.0.lock().unwrap()
    }

    fn show(&self, headers: &HeaderMap) -> Response {
        let events = self.lock();
        let etag = format!("\"{}\"", events.changes);
        if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str()) {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        let vevent =
            |(uid, (title, span)): (&String, &(String, Span))| ics::vevent(uid, title, *span);
        let text = ics::stream(&events.held.iter().map(vevent).collect::<String>());
        ([(header::ETAG, etag), (header::CONTENT_TYPE, "text/calendar".into())], text)
            .into_response()
    }
}

impl Published {
    fn edit(&self, edit: impl FnOnce(&mut Events)) {
        let mut events = self.events.lock();
        events.changes += 1;
        edit(&mut events);
    }
}

impl Provider for Published {
    fn name(&self) -> &'static str {
        "ics"
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn calendar(&self) -> String {
        self.calendar.clone()
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        Arc::new(Feed::new(http, &address(&self.server)).unwrap())
    }

    fn program(&self) -> Program {
        Program {
            arguments: vec!["ics".into(), "--url".into(), address(&self.server)],
            secret: String::new(),
            environment: Vec::new(),
        }
    }

    fn events(&self) -> Vec<Seen> {
        let events = self.events.lock();
        let seen = |(uid, (_, span)): (&String, &(String, Span))| Seen {
            id: uid.clone(),
            booking: None,
            span: *span,
            remarks: Vec::new(),
        };
        events.held.iter().map(seen).collect()
    }

    fn add(&self, title: &str, span: Span) {
        self.edit(|events| {
            let uid = format!("{}@user", events.changes);
            events.held.insert(uid, (title.to_owned(), span));
        });
    }

    fn shift(&self, id: &str, span: Span) {
        self.edit(|events| events.held.get_mut(id).unwrap().1 = span);
    }

    fn remark(&self, _id: &str, _number: u32) {
        unreachable!("it has no events of ours");
    }

    fn remarked(&self, _number: u32) -> Vec<String> {
        unreachable!("it has no events of ours");
    }

    fn delete(&self, id: &str) {
        self.edit(|events| assert!(events.held.remove(id).is_some()));
    }
}
