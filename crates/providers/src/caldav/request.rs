//! Requests.

use engine::Interval;
use engine::time::Instant;
use http::{HeaderName, HeaderValue, Method, Request, header};
use quick_xml::escape::escape;
use url::Url;

/// The precondition of a write to a member (RFC 9110 section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition<'a> {
    /// The member does not exist.
    IsNew,
    /// The member has this ETag.
    Is(&'a str),
    /// Nothing: for servers that compare no ETags, or none that they send.
    Nothing,
}

/// Asks a resource for the current user (RFC 5397), for the location of that user's
/// calendars (RFC 4791 section 6.2.1), for the user's addresses, and whether it is a calendar
/// itself.
pub fn find(url: &Url) -> Request<Vec<u8>> {
    let properties = "<d:current-user-principal/><c:calendar-home-set/>\
                      <c:calendar-user-address-set/><d:resourcetype/>";
    propfind(url, "0", properties)
}

/// Asks for the calendars of a home, or for one calendar by its own URL.
pub fn calendars(url: &Url, is_home: bool) -> Request<Vec<u8>> {
    let properties = "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/>\
                      <c:calendar-timezone/><c:calendar-timezone-id/>\
                      <d:current-user-privilege-set/>";
    propfind(url, if is_home { "1" } else { "0" }, properties)
}

/// Asks for the state of a calendar.
pub fn state(calendar: &Url) -> Request<Vec<u8>> {
    propfind(calendar, "0", "<d:sync-token/><cs:getctag/>")
}

/// Asks what has changed in a calendar since a token (RFC 6578 section 3.2); since the empty token:
/// for all members.
pub fn changes(calendar: &Url, token: &str) -> Request<Vec<u8>> {
    let body = format!(
        "<d:sync-collection xmlns:d=\"DAV:\"><d:sync-token>{}</d:sync-token>\
         <d:sync-level>1</d:sync-level><d:prop><d:getetag/><d:getlastmodified/></d:prop></d:sync-collection>",
        escape(token)
    );
    xml("REPORT", calendar, "0", &body)
}

/// Asks for the members of a calendar with events in an interval (RFC 4791 section
/// 7.8).
pub fn list_within(calendar: &Url, interval: Interval) -> Request<Vec<u8>> {
    let utc = |instant: Instant| instant.utc().format("%Y%m%dT%H%M%SZ");
    let body = format!(
        "<c:calendar-query xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">\
         <d:prop><d:getetag/><d:getlastmodified/></d:prop><c:filter><c:comp-filter name=\"VCALENDAR\">\
         <c:comp-filter name=\"VEVENT\"><c:time-range start=\"{}\" end=\"{}\"/></c:comp-filter>\
         </c:comp-filter></c:filter></c:calendar-query>",
        utc(interval.start),
        utc(interval.end)
    );
    xml("REPORT", calendar, "1", &body)
}

/// Asks for the members of a calendar with a UID, and for their contents.
pub fn with_uid(calendar: &Url, uid: &str) -> Request<Vec<u8>> {
    let body = format!(
        "<c:calendar-query xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">\
         <d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter \
         name=\"VCALENDAR\"><c:comp-filter name=\"VEVENT\"><c:prop-filter name=\"UID\">\
         <c:text-match collation=\"i;octet\">{}</c:text-match></c:prop-filter></c:comp-filter>\
         </c:comp-filter></c:filter></c:calendar-query>",
        escape(uid)
    );
    xml("REPORT", calendar, "1", &body)
}

/// Asks for all members of a calendar.
pub fn list(calendar: &Url) -> Request<Vec<u8>> {
    propfind(calendar, "1", "<d:getetag/><d:getlastmodified/><d:resourcetype/>")
}

/// Asks for the contents of members of a calendar (RFC 4791 section 7.9).
pub fn fetch<'a>(calendar: &Url, hrefs: impl IntoIterator<Item = &'a str>) -> Request<Vec<u8>> {
    let mut body =
        "<c:calendar-multiget xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">\
                    <d:prop><d:getetag/><c:calendar-data/></d:prop>"
            .to_owned();
    for href in hrefs {
        body.push_str("<d:href>");
        body.push_str(&escape(href));
        body.push_str("</d:href>");
    }
    body.push_str("</c:calendar-multiget>");
    xml("REPORT", calendar, "1", &body)
}

/// Asks for one member.
///
/// The answer must not be compressed: servers send a weak ETag with a compressed answer,
/// and refuse every write that uses it (RFC 9110 section 13.1.1).
pub fn get(member: &Url) -> Request<Vec<u8>> {
    let mut request = request("GET", member, Vec::new());
    set(&mut request, header::ACCEPT_ENCODING, "identity");
    request
}

/// Writes a member.
pub fn put(member: &Url, body: &str, precondition: Precondition<'_>) -> Request<Vec<u8>> {
    let mut request = request("PUT", member, body.as_bytes().to_vec());
    set(&mut request, header::CONTENT_TYPE, "text/calendar; charset=utf-8");
    match precondition {
        Precondition::IsNew => set(&mut request, header::IF_NONE_MATCH, "*"),
        Precondition::Is(etag) => set(&mut request, header::IF_MATCH, etag),
        Precondition::Nothing => {}
    }
    request
}

/// Removes a member.
pub fn delete(member: &Url) -> Request<Vec<u8>> {
    request("DELETE", member, Vec::new())
}

fn propfind(url: &Url, depth: &str, properties: &str) -> Request<Vec<u8>> {
    let body = format!(
        "<d:propfind xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" \
         xmlns:cs=\"http://calendarserver.org/ns/\"><d:prop>{properties}</d:prop></d:propfind>"
    );
    xml("PROPFIND", url, depth, &body)
}

fn xml(method: &str, url: &Url, depth: &str, body: &str) -> Request<Vec<u8>> {
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{body}").into_bytes();
    let mut request = request(method, url, body);
    set(&mut request, header::CONTENT_TYPE, "application/xml; charset=utf-8");
    set(&mut request, HeaderName::from_static("depth"), depth);
    request
}

fn request(method: &str, url: &Url, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut request = Request::new(body);
    *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap_or_default();
    // Whatever stands in a URL may stand in a request.
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    request
}

fn set(request: &mut Request<Vec<u8>>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        request.headers_mut().insert(name, value);
    }
}
