//! Google Calendar API v3.

mod own_events;

use super::writing::{self, Reduced, if_there, owner_of};
use super::{Connector, Pages, Place, Pull, Pulled};
use crate::net::authorized::Authorized;
use crate::net::http::{self, Answer, retry_after};
use crate::{Error, Result};
use ::http::{Request, StatusCode};
use async_trait::async_trait;
use providers::answers::Asked;
use providers::google::{self, Access, Events, Listing, Next, Problem, Since};
use providers::{Channel, Known, Look, OwnEvent, Owner, RemoteCalendar, Watch, Written};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

/// Pages of one pull at most: a server that never ends must not keep us for ever.
const MAX_PAGES: usize = 2000;

/// How often to ask for a meeting link that is still being made, and how long to
/// wait before.
const LINK_ATTEMPTS: usize = 3;
const LINK_PAUSE: Duration = Duration::from_millis(500);

/// An account at Google.
pub struct Google {
    authorized: Authorized,
    base: Url,
    /// Which calendars can have Google Meet links.
    meet: Mutex<HashMap<String, bool>>,
    /// The user's own addresses, once they were asked for.
    addresses: OnceCell<Vec<String>>,
}

impl Google {
    /// An account whose API is at `base`, usually [`google::BASE`].
    pub fn new(authorized: Authorized, base: Url) -> Self {
        Self { authorized, base, meet: Mutex::default(), addresses: OnceCell::new() }
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        self.authorized.send(request).await
    }

    /// Sends a request whose answer can only be good or an error.
    async fn ask(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let answer = self.send(request).await?;
        if answer.status() == StatusCode::OK { Ok(answer) } else { Err(error(&answer)) }
    }

    /// Brings pages; none where the token is no longer taken.
    async fn bring(
        &self,
        pull: &Pull,
        since: Since<'_>,
        pages: &mut dyn Pages,
    ) -> Result<Option<Brought>> {
        let calendar = &pull.calendar.external_calendar_id;
        let mut events = Events::new(pull.owner());
        let mut is_empty = true;
        let mut next: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let request = google::events(&self.base, calendar, since, next.as_deref());
            let answer = self.send(request).await?;
            match answer.status() {
                StatusCode::OK => {}
                // Google says 410. Of all that is sent with it, only the token can have
                // become wrong.
                StatusCode::GONE | StatusCode::BAD_REQUEST if matches!(since, Since::Token(_)) => {
                    return Ok(None);
                }
                _ => return Err(error(&answer)),
            }
            if Owner::is_asked_by(answer.body()) {
                events.add_emails(self.addresses().await?);
            }
            let Listing { page, next: after } = events.read(answer.body())?;
            if !page.is_empty() {
                is_empty = false;
                pages.page(page).await?;
            }
            match after {
                Next::End(token) => return Ok(Some(Brought { token, is_empty })),
                Next::Page(token) if next.as_ref() == Some(&token) => {
                    return Err(Error::Malformed("a page whose next page is itself".into()));
                }
                Next::Page(token) => next = Some(token),
            }
        }
        Err(Error::Malformed(format!("a list with more than {MAX_PAGES} pages")))
    }
}

/// Pages that were brought.
struct Brought {
    token: Option<String>,
    is_empty: bool,
}

impl Google {
    /// The user's own e-mail addresses: the id of their own calendar is one.
    async fn addresses(&self) -> Result<&[String]> {
        let ask = async || {
            let calendars = self.list(Access::Events).await?.into_iter();
            let own = calendars.filter(|calendar| calendar.is_primary);
            Ok(own.map(|own| own.external_calendar_id).filter(|id| id.contains('@')).collect())
        };
        self.addresses.get_or_try_init(ask).await.map(Vec::as_slice)
    }

    /// All calendars of which the account may see this at least.
    async fn list(&self, least: Access) -> Result<Vec<RemoteCalendar>> {
        let mut calendars = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let request = google::calendars(&self.base, least, next.as_deref());
            let answer = self.ask(request).await?;
            let (page, after) = google::read_calendars(answer.body())?;
            calendars.extend(page);
            next = after;
            if next.is_none() {
                return Ok(calendars);
            }
        }
        Err(Error::Malformed(format!("a list with more than {MAX_PAGES} pages")))
    }
}

#[async_trait]
impl Connector for Google {
    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        self.list(Access::Events).await
    }

    async fn unreadable(&self) -> Result<Vec<String>> {
        let readable = self.list(Access::Events).await?;
        let all = self.list(Access::FreeBusy).await?.into_iter();
        let is_readable = |id: &str| readable.iter().any(|one| one.external_calendar_id == id);
        let rest = all.filter(|calendar| !is_readable(&calendar.external_calendar_id));
        Ok(rest.map(|calendar| calendar.display_name).collect())
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        if let Some(token) = &pull.token {
            match self.bring(pull, Since::Token(token), pages).await? {
                // Without a new token the old one still holds.
                Some(Brought { token, is_empty: true }) => return Ok(Pulled::Unchanged { token }),
                Some(brought) => {
                    let token = brought.token.or_else(|| pull.token.clone());
                    return Ok(Pulled::Changes { token });
                }
                None => pages.restart().await?,
            }
        }
        match self.bring(pull, Since::Ever(pull.window), pages).await? {
            Some(Brought { token, .. }) => {
                Ok(Pulled::Everything { token, window: Some(pull.window) })
            }
            None => Err(Error::Malformed("the rejection of a sync token that was not sent".into())),
        }
    }

    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written> {
        let calendar = &calendar.external_calendar_id;
        let updated = match known {
            Some(known) => if_there(self.update(calendar, known, own).await, own)?,
            None => None,
        };
        let Reduced { event: mut existing, refused } = match updated {
            Some(updated) => updated,
            None => self.create(calendar, own).await?,
        };
        for _ in 0..LINK_ATTEMPTS {
            if !existing.is_link_pending() {
                break;
            }
            tokio::time::sleep(LINK_PAUSE).await;
            existing = self.existing(Asked::Read, calendar, existing.id()).await?;
        }
        let mut written = Written { refused, ..existing.written() };
        if let Some(known) = known.filter(|_| own.obligation().is_none()) {
            // Of a series, an occurrence was written.
            written.version.external_event_id.clone_from(&known.version.external_event_id);
        }
        Ok(written)
    }

    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: &Known) -> Result<()> {
        let calendar = &calendar.external_calendar_id;
        let id = &known.version.external_event_id;
        let existing = self.existing(Asked::Read, calendar, id).await?;
        let existing = self.own_occurrence(Asked::Read, calendar, existing, own).await?;
        let request = google::delete(&self.base, calendar, existing.id(), own);
        self.judge(Asked::Remove, request).await?.done().map(|_| ())
    }

    async fn look(
        &self,
        calendar: &Place,
        elsewhere: &[Place],
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look> {
        writing::look(self, calendar, elsewhere, |place| async move {
            let found = self.search(&place.external_calendar_id, own, known).await?;
            found.map(|(existing, occurrence)| {
                let owner = owner_of(place, own);
                let mut page = existing.page(&owner);
                if occurrence.id() != existing.id() {
                    // It may have been moved away from where the series has it.
                    page.events.extend(occurrence.page(&owner).events);
                    page.events.retain(|event| event.external_event_id == existing.id());
                }
                Ok((existing.written().version, page))
            })
        })
        .await
    }

    async fn watch(&self, calendar: &Place, watch: &Watch) -> Result<Option<Channel>> {
        let request = google::watch(&self.base, &calendar.external_calendar_id, watch);
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::OK => Ok(Some(google::read_channel(answer.body())?)),
            // Calendars of holidays, and the like.
            StatusCode::BAD_REQUEST if Problem::read(answer.body()).is_without_push() => Ok(None),
            _ => Err(error(&answer)),
        }
    }

    async fn unwatch(&self, channel: &Channel) -> Result<()> {
        let answer = self.send(google::stop(&self.base, channel)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::OK | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(error(&answer)),
        }
    }
}

/// The error for an answer: Google's limits come as 403, too.
fn error(answer: &Answer) -> Error {
    let problem = Problem::read(answer.body());
    if answer.status() == StatusCode::FORBIDDEN && problem.is_usage_limit() {
        let status = answer.status().as_u16();
        return Error::Throttled { status, retry_after: retry_after(answer) };
    }
    if answer.status() == StatusCode::FORBIDDEN && problem.lacks_scope() {
        return Error::NeedsReconnect(format!("a scope is missing ({problem})"));
    }
    http::error(answer, problem.to_string())
}
