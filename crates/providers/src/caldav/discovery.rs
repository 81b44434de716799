//! Finding a user's calendars.

use super::multistatus::{self, Element, Namespace};
use crate::{Malformed, RemoteCalendar};
use engine::ics::resolve_zone;
use url::Url;

/// What a resource reports about the user who sends the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The resource that represents the user.
    pub principal: Option<Url>,
    /// The collections that contain the user's calendars.
    pub homes: Vec<Url>,
    /// The user's addresses (RFC 6638 section 2.4.1): e-mail addresses alone.
    pub addresses: Vec<String>,
    /// Whether the resource is a calendar itself.
    pub is_calendar: bool,
}

/// Reads the answer of `url` to [`super::find`].
pub fn read_found(url: &Url, body: &[u8]) -> Result<Found, Malformed> {
    let mut found = Found::default();
    multistatus::read_leniently(body, |response| {
        let principal = response
            .property(Namespace::Dav, "current-user-principal")
            .and_then(|principal| url.join(principal.href()?).ok());
        found.principal = found.principal.take().or(principal);
        if let Some(homes) = response.property(Namespace::CalDav, "calendar-home-set") {
            let hrefs = homes.all(Namespace::Dav, "href").filter_map(Element::text);
            found.homes.extend(hrefs.filter_map(|href| url.join(href).ok()));
        }
        if let Some(addresses) = response.property(Namespace::CalDav, "calendar-user-address-set") {
            let hrefs = addresses.all(Namespace::Dav, "href").filter_map(Element::text);
            let emails = hrefs.filter_map(|href| {
                let scheme = href.get(..7).filter(|s| s.eq_ignore_ascii_case("mailto:"))?;
                Some(href[scheme.len()..].to_owned())
            });
            found.addresses.extend(emails);
        }
        found.is_calendar |= is_calendar(&response);
    })?;
    Ok(found)
}

/// Reads the answer of `url` to [`super::calendars`]: the calendars that hold events.
pub fn read_calendars(url: &Url, body: &[u8]) -> Result<Vec<RemoteCalendar>, Malformed> {
    let mut calendars = Vec::new();
    let mut writables = Vec::new();
    multistatus::read_leniently(body, |response| {
        let url = response.href().and_then(|href| url.join(href).ok());
        let Some(url) = url.filter(|_| is_calendar(&response) && holds_events(&response)) else {
            return;
        };
        let name = response.property(Namespace::Dav, "displayname").and_then(|p| p.text());
        let segment = || url.path_segments().and_then(|mut s| s.rfind(|part| !part.is_empty()));
        calendars.push(RemoteCalendar {
            display_name: name.or_else(segment).unwrap_or_default().to_owned(),
            timezone: timezone(&response),
            is_primary: false,
            is_writable: false,
            external_calendar_id: url.into(),
        });
        writables.push(writable(&response));
    })?;
    // A calendar of which nothing is known is written to where there is no other.
    let enough = if writables.contains(&Writable::Yes) { Writable::Yes } else { Writable::Untold };
    for (calendar, writable) in calendars.iter_mut().zip(writables) {
        calendar.is_writable = writable == enough;
    }
    Ok(calendars)
}

fn is_calendar(response: &Element) -> bool {
    let kind = response.property(Namespace::Dav, "resourcetype");
    kind.is_some_and(|kind| kind.child(Namespace::CalDav, "calendar").is_some())
}

/// RFC 4791 section 5.2.3: a calendar without the property can hold every component.
fn holds_events(response: &Element) -> bool {
    response.property(Namespace::CalDav, "supported-calendar-component-set").is_none_or(|set| {
        let mut components = set.all(Namespace::CalDav, "comp").peekable();
        components.peek().is_none()
            || components
                .any(|c| c.attribute("name").is_some_and(|n| n.eq_ignore_ascii_case("VEVENT")))
    })
}

/// Whether events can be written to a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writable {
    /// The server says so, or has no access control: then it refuses the write later.
    Yes,
    No,
    /// It refuses to say.
    Untold,
}

/// RFC 3744 section 5.4.
fn writable(response: &Element) -> Writable {
    const NAME: &str = "current-user-privilege-set";
    const WRITING: [&str; 4] = ["all", "write", "write-content", "bind"];
    let Some(set) = response.property(Namespace::Dav, NAME) else {
        let is_refused = response.refusal(Namespace::Dav, NAME).is_some_and(|code| code != 404);
        return if is_refused { Writable::Untold } else { Writable::Yes };
    };
    let may_write = set
        .all(Namespace::Dav, "privilege")
        .flat_map(Element::children)
        .any(|privilege| WRITING.iter().any(|name| privilege.is(Namespace::Dav, name)));
    if may_write { Writable::Yes } else { Writable::No }
}

/// RFC 7809 section 5.2, or the TZID of RFC 4791 section 5.2.2.
fn timezone(response: &Element) -> Option<String> {
    let text = |name| response.property(Namespace::CalDav, name)?.text();
    let tzid = |definition: &str| {
        let id = definition.lines().find_map(|line| line.strip_prefix("TZID:"))?;
        resolve_zone(id.trim(), Some(definition))
    };
    let zone = text("calendar-timezone-id").and_then(|id| resolve_zone(id, None));
    let zone = zone.or_else(|| text("calendar-timezone").and_then(tzid))?;
    zone.name().map(str::to_owned)
}
