//! Finding a user's calendars (RFC 6764 section 6).

use super::client::Client;
use super::error;
use super::listing::is_multistatus;
use crate::{Error, Result};
use providers::RemoteCalendar;
use providers::caldav::{self, Found};
use std::collections::BTreeSet;
use url::Url;

/// The path that leads to the CalDAV service of a server (RFC 6764 section 5).
const WELL_KNOWN: &str = "/.well-known/caldav";

/// The calendars of the user, or the one at the URL.
pub(super) async fn calendars(client: &Client, url: &Url) -> Result<Vec<RemoteCalendar>> {
    let found = find(client, url).await?;
    if found.is_calendar {
        return list(client, url, false).await;
    }
    let homes = match (found.homes.as_slice(), &found.principal) {
        ([], Some(principal)) => {
            ask(client, principal).await?.map(|found| found.homes).unwrap_or_default()
        }
        (homes, _) => homes.to_vec(),
    };
    if homes.is_empty() {
        // Not an empty list: what it lacks would count as gone.
        return Err(Error::NotFound("the account has no calendar home".into()));
    }
    let mut calendars = Vec::new();
    for home in homes.into_iter().collect::<BTreeSet<_>>() {
        calendars.extend(list(client, &home, true).await?);
    }
    Ok(calendars)
}

/// The user's e-mail addresses, as far as the server reports them at a calendar or the user's
/// principal.
pub(super) async fn addresses(client: &Client, calendar: &Url) -> Result<Vec<String>> {
    let Some(at_calendar) = ask(client, calendar).await? else { return Ok(Vec::new()) };
    let Some(principal) = at_calendar.principal.filter(|_| at_calendar.addresses.is_empty()) else {
        return Ok(at_calendar.addresses);
    };
    Ok(ask(client, &principal).await?.map(|found| found.addresses).unwrap_or_default())
}

/// Finds the user's principal: at the URL, then at the well-known path, then at the root. If the
/// server refuses a path that the user named, nothing else is looked for: it would not be what the
/// user meant.
async fn find(client: &Client, url: &Url) -> Result<Found> {
    let (place, answer) = client.send_to(caldav::find(url)).await?;
    let is_of_server = url.path() == "/" || url.path() == WELL_KNOWN;
    if is_multistatus(&answer) {
        match caldav::read_found(&place, answer.body()) {
            Ok(found) if is_useful(&found) => return Ok(found),
            Err(error) if !is_of_server => return Err(error.into()),
            _ => {}
        }
    } else if !is_of_server {
        return Err(error(&answer));
    }
    check(&answer)?;
    for place in [WELL_KNOWN, "/"].iter().filter_map(|path| url.join(path).ok()) {
        match ask(client, &place).await? {
            Some(found) if !found.is_calendar && is_useful(&found) => return Ok(found),
            _ => {}
        }
    }
    Err(Error::NotFound("the address has no CalDAV service".into()))
}

fn is_useful(found: &Found) -> bool {
    found.is_calendar || found.principal.is_some() || !found.homes.is_empty()
}

/// The CalDAV properties of a resource. None if it is not a CalDAV resource.
async fn ask(client: &Client, url: &Url) -> Result<Option<Found>> {
    let (url, answer) = client.send_to(caldav::find(url)).await?;
    if is_multistatus(&answer) {
        // A page for people comes with 200, too.
        return Ok(caldav::read_found(&url, answer.body()).ok());
    }
    check(&answer).map(|()| None)
}

/// An error where a server may answer otherwise later, or with other credentials.
fn check(answer: &crate::net::http::Answer) -> Result<()> {
    match error(answer) {
        error @ (Error::NeedsReconnect(_) | Error::Throttled { .. } | Error::Unavailable(_)) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

async fn list(client: &Client, url: &Url, is_home: bool) -> Result<Vec<RemoteCalendar>> {
    let (url, answer) = client.send_to(caldav::calendars(url, is_home)).await?;
    if is_multistatus(&answer) {
        Ok(caldav::read_calendars(&url, answer.body())?)
    } else {
        Err(error(&answer))
    }
}
