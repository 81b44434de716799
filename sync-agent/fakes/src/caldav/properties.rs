//! Properties of resources, and answers of many of them (RFC 4918 section 13).

use super::Knobs;
use super::collection::{Collection, Member};
use super::path::{HOME, href};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use roxmltree::Node;
use std::fmt::Write as _;

pub(super) const DAV: &str = "DAV:";
pub(super) const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
const CALENDARSERVER: &str = "http://calendarserver.org/ns/";

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Resource<'a> {
    Root,
    Home,
    Calendar(&'a str, &'a Collection),
    Member(&'a str, &'a str, &'a Member),
}

/// The names of the properties that a request asks for.
pub(super) type Asked<'a> = Vec<(&'a str, &'a str)>;

/// The children of the element `prop`.
pub(super) fn asked<'a>(root: Node<'a, '_>) -> Asked<'a> {
    let prop = root.children().find(|node| node.has_tag_name((DAV, "prop")));
    let names = prop.into_iter().flat_map(|prop| prop.children()).filter(Node::is_element);
    names.map(|node| (node.tag_name().namespace().unwrap_or(""), node.tag_name().name())).collect()
}

impl Resource<'_> {
    fn href(&self) -> String {
        match self {
            Self::Root => "/".into(),
            Self::Home => HOME.into(),
            Self::Calendar(name, _) => href(name, ""),
            Self::Member(calendar, name, _) => href(calendar, name),
        }
    }

    /// The content of a property, as XML; none = the resource does not have it.
    fn property(&self, name: (&str, &str), knobs: Knobs) -> Option<String> {
        match (name, self) {
            ((DAV, "resourcetype"), Self::Root) => Some("<collection/>".into()),
            ((DAV, "resourcetype"), Self::Home) => Some("<collection/><principal/>".into()),
            ((DAV, "resourcetype"), Self::Calendar(..)) => {
                Some("<collection/><C:calendar/>".into())
            }
            ((DAV, "resourcetype"), Self::Member(..)) => Some(String::new()),
            ((DAV, "current-user-principal"), _) => Some(format!("<href>{HOME}</href>")),
            ((CALDAV, "calendar-home-set"), Self::Home) => Some(format!("<href>{HOME}</href>")),
            ((DAV, "displayname"), Self::Calendar(name, _)) => Some(escaped(name)),
            ((CALDAV, "supported-calendar-component-set"), Self::Calendar(..)) => {
                Some("<C:comp name=\"VEVENT\"/>".into())
            }
            ((DAV, "current-user-privilege-set"), _) => Some(
                ["read", "write", "write-content", "bind", "unbind"]
                    .map(|name| format!("<privilege><{name}/></privilege>"))
                    .concat(),
            ),
            ((DAV, "supported-report-set"), Self::Calendar(..)) => {
                let own = ["<C:calendar-multiget/>", "<C:calendar-query/>"].into_iter();
                let all = own.chain(knobs.sync_collection.then_some("<sync-collection/>"));
                let report =
                    |name| format!("<supported-report><report>{name}</report></supported-report>");
                Some(all.map(report).collect())
            }
            ((CALENDARSERVER, "getctag"), Self::Calendar(_, calendar)) if knobs.ctags => {
                Some(escaped(&calendar.ctag()))
            }
            ((DAV, "sync-token"), Self::Calendar(_, calendar)) if knobs.sync_collection => {
                Some(escaped(&calendar.token()))
            }
            ((DAV, "getetag"), Self::Member(_, _, member)) => Some(escaped(&member.etag())),
            ((DAV, "getcontenttype"), Self::Member(..)) => {
                Some("text/calendar;charset=utf-8;component=VEVENT".into())
            }
            ((CALDAV, "calendar-data"), Self::Member(_, _, member)) => Some(escaped(&member.ics)),
            _ => None,
        }
    }
}

/// 207 with one response after another.
#[derive(Debug)]
pub(super) struct Multistatus(String);

impl Multistatus {
    pub(super) fn new() -> Self {
        Self(format!(
            "<?xml version='1.0' encoding='utf-8'?>\n\
             <multistatus xmlns=\"DAV:\" xmlns:C=\"{CALDAV}\" xmlns:CS=\"{CALENDARSERVER}\">"
        ))
    }

    /// The properties of a resource: those that it has, and those that it has not.
    pub(super) fn add(&mut self, resource: Resource<'_>, asked: &Asked<'_>, knobs: Knobs) {
        let (mut found, mut missing) = (String::new(), String::new());
        for &(namespace, name) in asked {
            let tag = match namespace {
                CALDAV => format!("C:{name}"),
                CALENDARSERVER => format!("CS:{name}"),
                _ => name.to_owned(),
            };
            match resource.property((namespace, name), knobs) {
                Some(value) => {
                    let _ = write!(found, "<{tag}>{value}</{tag}>");
                }
                None => {
                    let _ = write!(missing, "<{tag}/>");
                }
            }
        }
        let _ = write!(self.0, "<response><href>{}</href>", resource.href());
        for (properties, status) in [(found, "200 OK"), (missing, "404 Not Found")] {
            if !properties.is_empty() {
                let _ = write!(
                    self.0,
                    "<propstat><prop>{properties}</prop><status>HTTP/1.1 {status}</status></propstat>"
                );
            }
        }
        self.0.push_str("</response>");
    }

    /// A resource that does not exist.
    pub(super) fn missing(&mut self, href: &str) {
        let _ = write!(
            self.0,
            "<response><href>{}</href><status>HTTP/1.1 404 Not Found</status></response>",
            escaped(href)
        );
    }

    pub(super) fn finish(mut self, token: Option<&str>) -> Response {
        if let Some(token) = token {
            let _ = write!(self.0, "<sync-token>{}</sync-token>", escaped(token));
        }
        self.0.push_str("</multistatus>");
        xml(StatusCode::MULTI_STATUS, self.0)
    }
}

/// An answer that says which precondition does not hold (RFC 4918 section 16).
pub(super) fn error(status: StatusCode, condition: &str) -> Response {
    let body = format!(
        "<?xml version='1.0' encoding='utf-8'?>\n\
         <error xmlns=\"DAV:\" xmlns:C=\"{CALDAV}\"><{condition}/></error>"
    );
    xml(status, body)
}

fn xml(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("text/xml; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // A literal one would be read as a line feed alone (XML 1.0 section 2.11).
    text.replace('\r', "&#13;")
}
