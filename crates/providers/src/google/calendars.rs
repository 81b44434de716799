//! The account's list of calendars.

use super::{object, request, url};
use crate::{Malformed, RemoteCalendar};
use engine::time::zone_named;
use http::{Method, Request};
use serde_json::Value;
use url::Url;

/// The members of an entry that are requested.
const FIELDS: &str =
    "kind,nextPageToken,items(id,summary,summaryOverride,timeZone,accessRole,primary,deleted)";

/// The least that the account may see of the calendars to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The events.
    Events,
    /// When there are events.
    FreeBusy,
}

/// Asks for a page of the account's calendars.
pub fn calendars(base: &Url, least: Access, page: Option<&str>) -> Request<Vec<u8>> {
    let role = match least {
        Access::Events => "reader",
        Access::FreeBusy => "freeBusyReader",
    };
    let mut query = vec![
        ("maxResults", "250"),
        ("minAccessRole", role),
        ("showHidden", "true"),
        ("fields", FIELDS),
    ];
    query.extend(page.map(|page| ("pageToken", page)));
    request(Method::GET, &url(base, &["users", "me", "calendarList"], &query))
}

/// Reads such a page. Also returns the token of the next page.
pub fn read_calendars(body: &[u8]) -> Result<(Vec<RemoteCalendar>, Option<String>), Malformed> {
    let list = object(body, "calendar#calendarList")?;
    let entries = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let calendars = entries.iter().filter(|entry| entry["deleted"] != true).filter_map(entry);
    Ok((calendars.collect(), text(&list, "nextPageToken")))
}

/// Asks for the capabilities of one calendar.
pub fn calendar(base: &Url, calendar: &str) -> Request<Vec<u8>> {
    let query = [("fields", "kind,conferenceProperties")];
    request(Method::GET, &url(base, &["users", "me", "calendarList", calendar], &query))
}

/// Whether events of the requested calendar can have a Google Meet link.
pub fn allows_meet(body: &[u8]) -> Result<bool, Malformed> {
    let entry = object(body, "calendar#calendarListEntry")?;
    let allowed = entry["conferenceProperties"]["allowedConferenceSolutionTypes"].as_array();
    Ok(allowed.is_some_and(|types| types.iter().any(|kind| kind == super::own_events::MEET)))
}

fn entry(entry: &Value) -> Option<RemoteCalendar> {
    let id = text(entry, "id")?;
    let display_name = text(entry, "summaryOverride").or_else(|| text(entry, "summary"));
    let zone = text(entry, "timeZone").and_then(|name| zone_named(&name));
    Some(RemoteCalendar {
        display_name: display_name.unwrap_or_else(|| id.clone()),
        external_calendar_id: id,
        timezone: zone.and_then(|zone| zone.name()).map(str::to_owned),
        is_primary: entry["primary"] == true,
        is_writable: matches!(
            entry["accessRole"].as_str(),
            Some("writerWithoutPrivateAccess" | "writer" | "owner")
        ),
    })
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
