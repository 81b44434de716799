//! CalDAV (RFC 4791).

mod bodies;
mod client;
mod credentials;
mod discovery;
mod listing;
mod own_events;
mod pull;

use super::{Connector, Pages, Place, Pull, Pulled, writing};
use crate::net::http::{self, Answer, Http};
use crate::{Error, Result};
use ::http::StatusCode;
use async_trait::async_trait;
use client::Client;
use engine::time::Instant;
use listing::Collection;
use own_events::Own;
use providers::caldav;
use providers::{Known, Look, OwnEvent, RemoteCalendar, Written};
use secrecy::SecretString;
use tokio::sync::OnceCell;
use url::Url;

/// An account on a CalDAV server.
pub struct CalDav {
    client: Client,
    url: Url,
    username: String,
    /// The user's e-mail addresses, once they were asked for.
    addresses: OnceCell<Vec<String>>,
}

impl CalDav {
    /// An account at a URL: of the server, of the user, of their calendars, or of one
    /// calendar.
    pub fn new(http: Http, url: Url, username: &str, password: &SecretString) -> Result<Self> {
        let client = Client::new(http, &url, username, password)?;
        Ok(Self { client, url, username: username.to_owned(), addresses: OnceCell::new() })
    }

    /// The e-mail addresses by which the owner of a calendar may be invited.
    async fn owner_emails(&self, calendar: &Url, known: &[String]) -> Vec<String> {
        let ask = async || match discovery::addresses(&self.client, calendar).await {
            Ok(addresses) => addresses,
            Err(error) => {
                tracing::debug!(%error, "the server does not report the user's addresses");
                Vec::new()
            }
        };
        let mut addresses = self.addresses.get_or_init(ask).await.clone();
        addresses.extend(known.iter().cloned());
        addresses.extend(self.username.contains('@').then(|| self.username.clone()));
        addresses
    }

    fn collection<'a>(&'a self, url: &'a Url) -> Collection<'a> {
        Collection { client: &self.client, url }
    }
}

#[async_trait]
impl Connector for CalDav {
    /// Small servers take longer for all the more ask: Radicale for four at once two to
    /// three times as long as for the same four one by one.
    fn at_once(&self) -> usize {
        1
    }

    fn refuses_single_calendars(&self) -> bool {
        true
    }

    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        discovery::calendars(&self.client, &self.url).await
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        pull::pull(self, pull, pages).await
    }

    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written> {
        let url = parse(&calendar.external_calendar_id)?;
        Own::new(self.collection(&url), calendar, own)?.write(known).await
    }

    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: &Known) -> Result<()> {
        let url = parse(&calendar.external_calendar_id)?;
        Own::new(self.collection(&url), calendar, own)?.remove(known).await
    }

    async fn look(
        &self,
        calendar: &Place,
        elsewhere: &[Place],
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look> {
        writing::look(self, calendar, elsewhere, |place| async move {
            let url = parse(&place.external_calendar_id)?;
            Own::new(self.collection(&url), place, own)?.look(known).await
        })
        .await
    }
}

/// The error for an unexpected response.
fn error(answer: &Answer) -> Error {
    if answer.status() == StatusCode::UNAUTHORIZED {
        return Error::NeedsReconnect("the server rejected the user name or the password".into());
    }
    http::error(answer, reason(answer))
}

fn reason(answer: &Answer) -> String {
    caldav::problem(answer.body()).unwrap_or_default()
}

fn etag(answer: &Answer) -> Option<String> {
    let etag = answer.headers().get(::http::header::ETAG)?.to_str().ok()?;
    Some(etag.to_owned())
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|_| Error::Forbidden("an invalid URL".into()))
}

fn now() -> Instant {
    Instant(chrono::Utc::now().timestamp_micros())
}
