//! The account's calendars.

use super::read;
use crate::{Malformed, RemoteCalendar, lenient};
use serde::Deserialize;

/// Some of an account's calendars.
#[derive(Debug, PartialEq, Eq)]
pub struct CalendarPage {
    /// The calendars.
    pub calendars: Vec<RemoteCalendar>,
    /// The URL of the next page.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct List {
    #[serde(deserialize_with = "lenient::list")]
    value: Vec<Calendar>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Calendar {
    id: String,
    #[serde(default, deserialize_with = "lenient::value")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    is_default_calendar: Option<bool>,
    #[serde(default, deserialize_with = "lenient::value")]
    can_edit: Option<bool>,
    #[serde(default, deserialize_with = "lenient::list")]
    allowed_online_meeting_providers: Vec<String>,
}

/// The calendars of an answer to [`super::Graph::calendars`]. Graph does not
/// report their zones.
pub fn read_calendars(body: &[u8]) -> Result<CalendarPage, Malformed> {
    let list: List = read("the list of calendars", body)?;
    let calendars = list.value.into_iter().map(|calendar| RemoteCalendar {
        display_name: calendar.name.unwrap_or_default(),
        external_calendar_id: calendar.id,
        timezone: None,
        is_primary: calendar.is_default_calendar.unwrap_or(false),
        is_writable: calendar.can_edit.unwrap_or(false),
    });
    Ok(CalendarPage { calendars: calendars.collect(), next: list.next })
}

/// The e-mail addresses of the user of an answer to [`super::Graph::user`].
pub fn read_addresses(body: &[u8]) -> Result<Vec<String>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct User {
        #[serde(default, deserialize_with = "lenient::value")]
        mail: Option<String>,
        #[serde(default, deserialize_with = "lenient::value")]
        user_principal_name: Option<String>,
    }
    let User { mail, user_principal_name } = read("the user", body)?;
    let mut addresses: Vec<_> = [mail, user_principal_name]
        .into_iter()
        .flatten()
        .filter(|address| address.contains('@'))
        .collect();
    addresses.dedup();
    Ok(addresses)
}

/// Whether the calendar of an answer to [`super::Graph::calendar`] can hold Teams
/// meetings.
pub fn allows_teams(body: &[u8]) -> Result<bool, Malformed> {
    let calendar: Calendar = read("the calendar", body)?;
    let allowed = calendar.allowed_online_meeting_providers;
    Ok(allowed.iter().any(|provider| provider == super::write::TEAMS))
}
