//! CalDAV (RFC 4791).

mod client;
mod discovery;
mod pull;

use super::{Connector, Pages, Place, Pull, Pulled};
use crate::net::http::{self, Answer, Http};
use crate::{Error, Result};
use ::http::StatusCode;
use async_trait::async_trait;
use client::Client;
use engine::time::Instant;
use providers::caldav::{self, Precondition};
use providers::{Known, Look, OwnEvent, RemoteCalendar, Version, Written};
use secrecy::SecretString;
use url::Url;

/// An account on a CalDAV server.
pub struct CalDav {
    client: Client,
    url: Url,
}

impl CalDav {
    /// An account at a URL: of the server, of the user, of their calendars, or of one
    /// calendar.
    pub fn new(http: Http, url: Url, username: &str, password: &SecretString) -> Result<Self> {
        Ok(Self { client: Client::new(http, &url, username, password)?, url })
    }

    /// The ETag of a member that is there.
    async fn etag(&self, member: &Url) -> Result<String> {
        let answer = self.client.send(caldav::get(member)).await?;
        match (answer.status(), etag(&answer)) {
            (StatusCode::OK, Some(etag)) => Ok(etag),
            (StatusCode::OK, None) => Err(Error::Malformed("the event has no ETag".into())),
            _ => Err(error(&answer)),
        }
    }
}

#[async_trait]
impl Connector for CalDav {
    /// Small servers take longer for all the more ask: Radicale for four at once two to
    /// three times as long as for the same four one by one.
    fn at_once(&self) -> usize {
        1
    }

    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        discovery::calendars(&self.client, &self.url).await
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        pull::pull(&self.client, pull, pages).await
    }

    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written> {
        let id =
            known.map_or_else(|| caldav::event_id(own), |k| k.version.external_event_id.clone());
        let member = caldav::member_url(&parse(&calendar.external_calendar_id)?, &id);
        let body = caldav::resource(own, now());
        let put = async |precondition: Precondition<'_>| {
            self.client.send(caldav::put(&member, &body, precondition)).await
        };
        let first = match known.map(|known| &known.version) {
            None => put(Precondition::IsNew).await?,
            Some(Version { etag: Some(etag), .. }) => put(Precondition::Is(etag)).await?,
            Some(Version { etag: None, .. }) => {
                put(Precondition::Is(&self.etag(&member).await?)).await?
            }
        };
        let answer = if first.status() == StatusCode::PRECONDITION_FAILED {
            // It was created earlier and the response was lost; or it was changed or removed at the
            // server.
            let etag = match self.etag(&member).await {
                // It is not there, and yet may not be created: its UID is elsewhere.
                Err(Error::NotFound(_)) if known.is_none() => return Err(refused(&first)),
                etag => etag?,
            };
            put(Precondition::Is(&etag)).await?
        } else {
            first
        };
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::PRECONDITION_FAILED => {
                return Err(Error::Interrupted("the event keeps changing at the provider".into()));
            }
            _ => return Err(error(&answer)),
        }
        let etag = match etag(&answer) {
            Some(etag) => Some(etag),
            // The server has changed what it was given (RFC 4791 section 5.3.4).
            None => self.etag(&member).await.ok(),
        };
        let version = Version { external_event_id: id, etag };
        Ok(Written { version, meeting_link: None, refused: None })
    }

    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: Option<&Known>) -> Result<()> {
        // Whatever it says now, and even if the response to its creation was lost.
        let id =
            known.map_or_else(|| caldav::event_id(own), |k| k.version.external_event_id.clone());
        let member = caldav::member_url(&parse(&calendar.external_calendar_id)?, &id);
        let answer = self.client.send(caldav::delete(&member)).await?;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(error(&answer)),
        }
    }

    async fn look(
        &self,
        _: &Place,
        _: &[Place],
        _: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look> {
        if known.is_none() {
            // The write itself finds out: the name that it chooses is always the same.
            return Ok(Look::Nowhere);
        }
        Err(Error::Interrupted("the event cannot be searched for yet".into()))
    }
}

/// The error for an unexpected response.
fn error(answer: &Answer) -> Error {
    if answer.status() == StatusCode::UNAUTHORIZED {
        return Error::NeedsReconnect("the server rejected the user name or the password".into());
    }
    http::error(answer, reason(answer))
}

/// The error for a refusal that will stay one.
fn refused(answer: &Answer) -> Error {
    let reason = match reason(answer) {
        empty if empty.is_empty() => "the event's UID is in use".into(),
        reason => reason,
    };
    Error::Refused { status: answer.status().as_u16(), reason }
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
