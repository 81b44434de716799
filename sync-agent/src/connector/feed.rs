//! iCalendar feeds: a URL or a file (RFC 5545).

use super::{Connector, Pages, Place, Pull, Pulled};
use crate::net::http::{self, Http};
use crate::{Error, Result};
use ::http::{HeaderName, StatusCode, header};
use async_trait::async_trait;
use bytes::Bytes;
use engine::time::Zone;
use providers::feed::{self, Seen};
use providers::{Known, Look, OwnEvent, RemoteCalendar, Written};
use std::io::ErrorKind;
use std::path::PathBuf;
use tokio::io::AsyncReadExt;
use url::Url;
use uuid::Uuid;

/// A feed: a calendar to read and not to write.
pub struct Feed {
    http: Http,
    source: Source,
}

enum Source {
    Url {
        url: Url,
        /// Where the host may have it without TLS.
        plain: Option<Url>,
    },
    File(PathBuf),
}

/// The content of a feed.
enum Content {
    /// What was seen last time.
    Same,
    /// A whole stream.
    Stream(Bytes, Seen),
}

impl Feed {
    /// A feed at a URL, such as `webcal://example.com/a.ics`, or in a file.
    pub fn new(http: Http, address: &str) -> Result<Self> {
        let source = match address.split_once("://") {
            None => Source::File(address.into()),
            Some(("file", _)) => {
                let path = feed::url(address)?.to_file_path();
                Source::File(path.map_err(|()| {
                    Error::Forbidden("a file: URL that is not a path on this machine".into())
                })?)
            }
            Some(_) => Source::Url {
                url: feed::url(address)?,
                plain: feed::plain_url(address).filter(|_| http.allows_plain()),
            },
        };
        Ok(Self { http, source })
    }

    async fn content(&self, seen: Option<&Seen>) -> Result<Content> {
        let (body, etag, last_modified) = match &self.source {
            Source::File(path) => (self.file(path.clone()).await?, None, None),
            Source::Url { url, plain } => {
                let answer = self.http.send_following(feed::request(url, seen)).await;
                let (_, answer) = match (answer, plain) {
                    (Err(Error::Unavailable(_)), Some(plain)) => {
                        self.http.send_following(feed::request(plain, seen)).await?
                    }
                    (answer, _) => answer?,
                };
                match answer.status() {
                    StatusCode::OK => {}
                    StatusCode::NOT_MODIFIED if seen.is_some() => return Ok(Content::Same),
                    StatusCode::UNAUTHORIZED => {
                        let reason = "the feed requires another user name or password";
                        return Err(Error::NeedsReconnect(reason.into()));
                    }
                    // A part (206), above all, must not be taken for the whole.
                    _ => return Err(http::error(&answer, "feed")),
                }
                let text = |name: HeaderName| {
                    answer.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
                };
                let (etag, date) = (text(header::ETAG), text(header::LAST_MODIFIED));
                (answer.into_body(), etag, date)
            }
        };
        let seen = Seen { etag, last_modified, digest: feed::digest(&body), of: self.id() };
        Ok(Content::Stream(body, seen))
    }

    async fn file(&self, path: PathBuf) -> Result<Bytes> {
        let max = self.http.max_body();
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => Error::NotFound("the feed's file does not exist".into()),
            _ => Error::Unavailable(format!("the feed's file cannot be read ({error})")),
        };
        let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
        if !file.metadata().await.map_err(unreadable)?.is_file() {
            return Err(Error::Forbidden("a path that is not a regular file".into()));
        }
        let mut body = Vec::new();
        let read = file.take(max as u64 + 1).read_to_end(&mut body).await.map_err(unreadable)?;
        if read > max {
            return Err(Error::Malformed(format!(
                "the feed is larger than {max} bytes, the limit of max_response_mib"
            )));
        }
        Ok(body.into())
    }

    /// The id of its only calendar. The id does not contain the URL, which is often a secret.
    pub fn id(&self) -> String {
        match &self.source {
            Source::File(path) => path.display().to_string(),
            Source::Url { url, .. } => {
                let hash = Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_str().as_bytes());
                format!("{}/{hash}", url.host_str().unwrap_or_default())
            }
        }
    }

    fn name(&self) -> String {
        match &self.source {
            Source::File(path) => {
                path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
            }
            Source::Url { url, .. } => url.host_str().unwrap_or_default().to_owned(),
        }
    }
}

#[async_trait]
impl Connector for Feed {
    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        // A wrong address is reported when the account is connected.
        let Content::Stream(body, _) = self.content(None).await? else { return Ok(Vec::new()) };
        feed::read(&body, &Zone::UTC, &[])?;
        Ok(vec![RemoteCalendar {
            external_calendar_id: self.id(),
            display_name: self.name(),
            timezone: None,
            is_primary: false,
            is_writable: false,
        }])
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        // The account may have been connected again with another address.
        let last = pull.token.as_deref().and_then(Seen::parse).filter(|seen| seen.of == self.id());
        let (body, seen) = match self.content(last.as_ref()).await? {
            Content::Same => return Ok(Pulled::Unchanged { token: None }),
            Content::Stream(body, seen) => (body, seen),
        };
        let token = Some(seen.to_token());
        if last.is_some_and(|last| last.digest == seen.digest) {
            return Ok(Pulled::Unchanged { token });
        }
        let zone =
            Zone::iana(&pull.calendar.timezone).map_err(|e| Error::Misconfigured(e.to_string()))?;
        let owner: Vec<&str> = pull.owner_emails.iter().map(String::as_str).collect();
        let page = feed::read(&body, &zone, &owner)?;
        drop(body);
        for page in page.into_parts() {
            pages.page(page).await?;
        }
        Ok(Pulled::Everything { token, window: None })
    }

    async fn write(&self, _: &Place, _: &OwnEvent, _: Option<&Known>) -> Result<Written> {
        Err(read_only())
    }

    async fn remove(&self, _: &Place, _: &OwnEvent, _: &Known) -> Result<()> {
        Err(read_only())
    }

    async fn look(&self, _: &Place, _: &[Place], _: &OwnEvent, _: Option<&Known>) -> Result<Look> {
        Err(read_only())
    }
}

fn read_only() -> Error {
    let status = StatusCode::METHOD_NOT_ALLOWED.as_u16();
    Error::Refused { status, reason: "a feed is read-only".into() }
}
