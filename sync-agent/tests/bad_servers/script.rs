//! Servers that answer what a test wants, and pulls from them.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use engine::Interval;
use engine::time::parse_instant;
use http::{HeaderMap, StatusCode};
use provider_fakes::server::Server;
use providers::Page;
use providers::{Place, Pull, Pulled};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::Result;
use sync_agent::connector::caldav::CalDav;
use sync_agent::connector::{Connector, Pages, Versions};
use sync_agent::net::http::{Http, Limits};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) what: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    /// The name of the element that the body is.
    pub(crate) fn is_about(&self, element: &str) -> bool {
        self.body.contains(&format!(":{element} ")) || self.body.contains(&format!(":{element}/>"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A server that answers by a function, and remembers what it was asked.
pub(crate) struct Script {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Script {
    pub(crate) async fn start<R: IntoResponse>(
        answer: impl Fn(&Asked) -> R + Clone + Send + Sync + 'static,
    ) -> Self {
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let log = Arc::clone(&asked);
        let handle = move |request: Request| {
            let (answer, log) = (answer.clone(), Arc::clone(&log));
            async move {
                let (parts, body) = request.into_parts();
                let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                let asked = Asked {
                    what: format!("{} {}", parts.method, parts.uri.path()),
                    headers: parts.headers,
                    body: String::from_utf8(body.into()).unwrap(),
                };
                log.lock().unwrap().push(asked.clone());
                answer(&asked).into_response()
            }
        };
        let server = Server::start(Router::new().fallback(handle), 0).await.unwrap();
        Self { server, asked }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    /// What was asked since the last call of this.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Pulls the calendar at `/cal/` by CalDAV.
    pub(crate) async fn pull(&self, token: Option<&str>) -> Result<(Pulled, Received)> {
        pull(&self.caldav(), &format!("{}/cal/", self.origin()), token).await
    }

    /// The same, with events that are known by their ETags.
    pub(crate) async fn pull_knowing(
        &self,
        known: &[(&str, &str)],
        token: Option<&str>,
    ) -> Result<(Pulled, Received)> {
        pull_knowing(known, &self.caldav(), &format!("{}/cal/", self.origin()), token).await
    }

    pub(crate) fn caldav(&self) -> CalDav {
        CalDav::new(http(), self.origin().parse().unwrap(), "alice", &"wonderland".into()).unwrap()
    }
}

/// HTTP that may ask this machine, with little patience.
pub(crate) fn http() -> Http {
    let limits = Limits {
        allow_private_networks: true,
        max_body: 1 << 20,
        max_pause: Duration::from_millis(500),
        max_time: Duration::from_secs(1),
    };
    Http::new(limits).unwrap()
}

/// What a pull brought.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) page: Page,
    pub(crate) restarted: bool,
    known: Versions,
}

#[async_trait]
impl Pages for Received {
    async fn page(&mut self, page: Page) -> Result<()> {
        self.page.events.extend(page.events);
        self.page.deleted.extend(page.deleted);
        self.page.rejected.extend(page.rejected);
        self.page.unchanged.extend(page.unchanged);
        self.page.outside.extend(page.outside);
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.page = Page::default();
        self.restarted = true;
        Ok(())
    }

    async fn known(&mut self) -> Result<Versions> {
        Ok(self.known.clone())
    }
}

impl Received {
    /// Ids of its events, sorted.
    pub(crate) fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<_> =
            self.page.events.iter().map(|event| event.external_event_id.as_str()).collect();
        ids.sort_unstable();
        ids
    }
}

pub(crate) async fn pull(
    connector: &dyn Connector,
    calendar: &str,
    token: Option<&str>,
) -> Result<(Pulled, Received)> {
    pull_knowing(&[], connector, calendar, token).await
}

/// Pulls where some ids are known by their ETags.
pub(crate) async fn pull_knowing(
    known: &[(&str, &str)],
    connector: &dyn Connector,
    calendar: &str,
    token: Option<&str>,
) -> Result<(Pulled, Received)> {
    let instant = |text| parse_instant(text).unwrap();
    let pull = Pull {
        calendar: place(calendar),
        owner_emails: Vec::new(),
        token: token.map(str::to_owned),
        window: Interval::new(instant("2026-12-01T00:00:00Z"), instant("2027-02-01T00:00:00Z")),
    };
    let known = known.iter().map(|(id, etag)| ((*id).to_owned(), Some((*etag).to_owned())));
    let mut received = Received { known: known.collect(), ..Received::default() };
    let pulled = connector.pull(&pull, &mut received).await?;
    Ok((pulled, received))
}

pub(crate) fn place(calendar: &str) -> Place {
    Place { external_calendar_id: calendar.into(), timezone: "America/New_York".into() }
}

/// A status, and a body of some kind.
pub(crate) fn answer(status: u16, kind: &str, body: impl Into<Body>) -> Response {
    let mut response = (StatusCode::from_u16(status).unwrap(), body.into()).into_response();
    response.headers_mut().insert("content-type", kind.parse().unwrap());
    response
}

/// 207 with these elements.
pub(crate) fn multistatus(elements: &str) -> Response {
    // Prefixes are as the server likes them.
    let body = format!(
        "<?xml version=\"1.0\"?>\n<multistatus xmlns=\"DAV:\" \
         xmlns:cal=\"urn:ietf:params:xml:ns:caldav\" \
         xmlns:x=\"http://calendarserver.org/ns/\">{elements}</multistatus>"
    );
    answer(207, "application/xml", body)
}

/// A `response` with properties.
pub(crate) fn response(href: &str, properties: &str) -> String {
    format!(
        "<response><href>{href}</href><propstat><prop>{properties}</prop>\
         <status>HTTP/1.1 200 OK</status></propstat></response>"
    )
}

/// A `response` with a status alone.
pub(crate) fn status(href: &str, status: u16) -> String {
    format!("<response><href>{href}</href><status>HTTP/1.1 {status} So</status></response>")
}

/// A stream with one event, whose title is its UID.
pub(crate) fn ics(uid: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTAMP:20261101T000000Z\r\nDTSTART:20261207T150000Z\r\nDTEND:20261207T160000Z\r\n\
         SUMMARY:{uid}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}
