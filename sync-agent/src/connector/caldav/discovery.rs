//! Finding a user's calendars (RFC 6764 section 6).

use super::client::Client;
use super::error;
use crate::{Error, Result};
use ::http::StatusCode;
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
    let mut calendars = Vec::new();
    for home in homes.into_iter().collect::<BTreeSet<_>>() {
        calendars.extend(list(client, &home, true).await?);
    }
    Ok(calendars)
}

/// Finds the user's principal: at the URL, then at the well-known path, then at the root.
async fn find(client: &Client, url: &Url) -> Result<Found> {
    let elsewhere = [WELL_KNOWN, "/"].iter().filter_map(|path| url.join(path).ok());
    for place in std::iter::once(url.clone()).chain(elsewhere) {
        match ask(client, &place).await? {
            Some(found) if found.is_calendar && place != *url => {}
            Some(found) if found.is_calendar => return Ok(found),
            Some(found) if found.principal.is_some() || !found.homes.is_empty() => {
                return Ok(found);
            }
            _ => {}
        }
    }
    Err(Error::NotFound("the address has no CalDAV service".into()))
}

/// The CalDAV properties of a resource. None if it is not a CalDAV resource.
async fn ask(client: &Client, url: &Url) -> Result<Option<Found>> {
    let (url, answer) = client.send_to(caldav::find(url)).await?;
    match answer.status() {
        StatusCode::MULTI_STATUS => Ok(Some(caldav::read_found(&url, answer.body())?)),
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Err(error(&answer)),
        status if status.is_server_error() => Err(error(&answer)),
        _ => Ok(None),
    }
}

async fn list(client: &Client, url: &Url, is_home: bool) -> Result<Vec<RemoteCalendar>> {
    let (url, answer) = client.send_to(caldav::calendars(url, is_home)).await?;
    match answer.status() {
        StatusCode::MULTI_STATUS => Ok(caldav::read_calendars(&url, answer.body())?),
        _ => Err(error(&answer)),
    }
}
