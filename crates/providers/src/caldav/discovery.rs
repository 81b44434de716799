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
    /// Whether the resource is a calendar itself.
    pub is_calendar: bool,
}

/// Reads the answer of `url` to [`super::find`].
pub fn read_found(url: &Url, body: &[u8]) -> Result<Found, Malformed> {
    let mut found = Found::default();
    multistatus::read(body, |response| {
        let principal = response
            .property(Namespace::Dav, "current-user-principal")
            .and_then(|principal| url.join(principal.href()?).ok());
        found.principal = found.principal.take().or(principal);
        if let Some(homes) = response.property(Namespace::CalDav, "calendar-home-set") {
            let hrefs = homes.all(Namespace::Dav, "href").filter_map(Element::text);
            found.homes.extend(hrefs.filter_map(|href| url.join(href).ok()));
        }
        found.is_calendar |= is_calendar(&response);
    })?;
    Ok(found)
}

/// Reads the answer of `url` to [`super::calendars`]: the calendars that hold events.
pub fn read_calendars(url: &Url, body: &[u8]) -> Result<Vec<RemoteCalendar>, Malformed> {
    let mut calendars = Vec::new();
    multistatus::read(body, |response| {
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
            is_writable: is_writable(&response),
            external_calendar_id: url.into(),
        });
    })?;
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

/// RFC 3744 section 5.4; a server without access control refuses the write later.
fn is_writable(response: &Element) -> bool {
    const WRITING: [&str; 4] = ["all", "write", "write-content", "bind"];
    response.property(Namespace::Dav, "current-user-privilege-set").is_none_or(|set| {
        set.all(Namespace::Dav, "privilege")
            .flat_map(Element::children)
            .any(|privilege| WRITING.iter().any(|name| privilege.is(Namespace::Dav, name)))
    })
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
