//! What a calendar contains and what has changed in it, without the contents.

use super::client::Client;
use super::error;
use crate::net::http::Answer;
use crate::{Error, Result};
use ::http::{Request, StatusCode};
use engine::Interval;
use providers::caldav::{self, Changes, Listing, State};
use url::Url;

/// Parts of one list at most: a server that never ends must not keep us for ever.
const MAX_PARTS: usize = 2000;

/// A calendar on a server.
#[derive(Clone, Copy)]
pub(super) struct Collection<'a> {
    pub(super) client: &'a Client,
    pub(super) url: &'a Url,
}

impl Collection<'_> {
    pub(super) async fn state(&self) -> Result<State> {
        let answer = self.ask(caldav::state(self.url)).await?;
        Ok(caldav::read_state(answer.body())?)
    }

    /// All members. The first way that the server knows is taken.
    pub(super) async fn list(&self, state: &State) -> Result<Listing> {
        let refusal = match self.list_once(caldav::list(self.url)).await? {
            Ok(listing) => return Ok(listing),
            Err(refusal) => refusal,
        };
        if state.sync_token.is_some()
            && let Some(Changes { changed, is_truncated: false, .. }) = self.changes("").await?
        {
            return Ok(Listing { members: changed, ..Listing::default() });
        }
        Err(refusal)
    }

    /// The members with events in an interval, as far as the server is willing to say.
    pub(super) async fn list_within(&self, interval: Interval) -> Result<Listing> {
        match self.list_once(caldav::list_within(self.url, interval)).await? {
            Ok(listing) => Ok(listing),
            Err(refusal) => {
                tracing::debug!(%refusal, "the server does not answer a calendar-query");
                Ok(Listing::default())
            }
        }
    }

    /// A listing, or why this question does not bring one.
    async fn list_once(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<std::result::Result<Listing, Error>> {
        let answer = self.client.send(request).await?;
        if !is_multistatus(&answer) {
            return refusal(&answer).map(Err);
        }
        let listing = caldav::read_listing(self.url, answer.body())?;
        Ok(if listing.is_truncated {
            Err(Error::Malformed("every listing of the calendar is incomplete".into()))
        } else {
            Ok(listing)
        })
    }

    /// What has changed since a sync token, the empty one: everything. None where the token is not
    /// accepted, which servers say in many ways.
    pub(super) async fn changes(&self, since: &str) -> Result<Option<Changes>> {
        let mut all = Changes { token: Some(since.to_owned()), ..Changes::default() };
        for _ in 0..MAX_PARTS {
            let asked = all.token.clone().unwrap_or_default();
            let Some(answer) = self.report(&asked).await? else { return Ok(None) };
            let Ok(part) = caldav::read_changes(self.url, answer.body()) else { return Ok(None) };
            all.changed.extend(part.changed);
            all.gone.extend(part.gone);
            all.token = part.token;
            if !part.is_truncated {
                return Ok(Some(all));
            }
            if all.token.as_ref() == Some(&asked) || all.token.is_none() {
                return Err(Error::Malformed("a list of changes whose next page is itself".into()));
            }
        }
        Err(Error::Malformed(format!("a list of changes with more than {MAX_PARTS} pages")))
    }

    async fn report(&self, token: &str) -> Result<Option<Answer>> {
        let mut answer = self.client.send(caldav::changes(self.url, token)).await?;
        if answer.status() == StatusCode::INTERNAL_SERVER_ERROR {
            answer = self.client.send(caldav::changes(self.url, token)).await?;
        }
        if is_multistatus(&answer) {
            return Ok(Some(answer));
        }
        refusal(&answer).map(|_| None)
    }

    /// Sends a request whose answer can only be a multistatus or an error: whatever
    /// else a server says must never look like an empty calendar.
    async fn ask(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let answer = self.client.send(request).await?;
        if is_multistatus(&answer) { Ok(answer) } else { Err(error(&answer)) }
    }
}

/// Whether an answer says that it is a multistatus. Some servers send it with 200; what else comes
/// with 200 is found out when it is read.
pub(super) fn is_multistatus(answer: &Answer) -> bool {
    matches!(answer.status(), StatusCode::MULTI_STATUS | StatusCode::OK)
}

/// What a server says that does not know a question, though it knows the calendar. An error where
/// it may answer the same question later.
pub(super) fn refusal(answer: &Answer) -> Result<Error> {
    match error(answer) {
        error @ (Error::NeedsReconnect(_) | Error::Throttled { .. }) => Err(error),
        error if answer.status() == StatusCode::REQUEST_TIMEOUT => Err(error),
        error => Ok(error),
    }
}
