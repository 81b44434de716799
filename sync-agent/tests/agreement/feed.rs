//! A feed that its owner publishes: it is read and not written to.

use crate::ics;
use crate::provider::{Program, Provider, Seen};
use crate::series::{self, Series};
use crate::time::Span;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use provider_fakes::server::Server;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use sync_agent::connector::Connector;
use sync_agent::connector::feed::Feed;
use sync_agent::net::http::{Http, Limits};
use tokio::runtime::Runtime;

/// For what needs one and sends nothing.
static HTTP: LazyLock<Http> = LazyLock::new(|| {
    Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap()
});

/// A feed.
pub(crate) struct Published {
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
    series: BTreeMap<String, Series>,
    changes: usize,
}

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    Box::new(Published::new(runtime))
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
        let single =
            |(uid, (title, span)): (&String, &(String, Span))| ics::vevent(uid, title, *span, "");
        let singles = events.held.iter().map(single);
        let series = events.series.iter().map(|(uid, series)| series.vevents(uid));
        let text = ics::stream(&singles.chain(series).collect::<String>());
        ([(header::ETAG, etag), (header::CONTENT_TYPE, "text/calendar".into())], text)
            .into_response()
    }
}

impl Published {
    pub(crate) fn new(runtime: &Runtime) -> Self {
        let events = Shared::default();
        let shown = events.clone();
        let show = async move |headers: HeaderMap| shown.show(&headers);
        let router = Router::new().route("/calendar.ics", get(show));
        let server = runtime.block_on(Server::start(router, 0)).unwrap();
        let calendar = Feed::new(HTTP.clone(), &address(&server)).unwrap().id();
        Self { server, calendar, events }
    }

    fn new_uid(&self) -> String {
        format!("{}@user", self.events.lock().changes)
    }

    /// There is an event of this UID, at this time.
    pub(crate) fn publish(&self, uid: &str, title: &str, span: Span) {
        self.edit(|events| {
            events.held.insert(uid.to_owned(), (title.to_owned(), span));
        });
    }

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
        let singles = events.held.iter().map(|(uid, (_, span))| Seen::single(uid, *span));
        singles.chain(events.series.iter().flat_map(|(uid, series)| series.seen(uid))).collect()
    }

    fn add(&self, title: &str, span: Span) {
        self.publish(&self.new_uid(), title, span);
    }

    fn add_series(&self, title: &str, first: Span, count: u32) -> bool {
        let uid = self.new_uid();
        self.edit(|events| {
            events.series.insert(uid, Series::new(title, first, count));
        });
        true
    }

    fn delete_series(&self, id: &str) {
        self.edit(|events| assert!(events.series.remove(id).is_some()));
    }

    fn shift(&self, id: &str, span: Span) {
        self.edit(|events| match series::occurrence(id) {
            Some((uid, index)) => events.series.get_mut(uid).unwrap().shift(index, span),
            None => events.held.get_mut(id).unwrap().1 = span,
        });
    }

    fn remark(&self, _id: &str, _number: u32) {
        unreachable!("it has no events of ours");
    }

    fn remarked(&self, _number: u32) -> Vec<String> {
        unreachable!("it has no events of ours");
    }

    fn delete(&self, id: &str) {
        self.edit(|events| match series::occurrence(id) {
            Some((uid, index)) => events.series.get_mut(uid).unwrap().delete(index),
            None => assert!(events.held.remove(id).is_some()),
        });
    }
}
