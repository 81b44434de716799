//! Pulling a calendar.

use super::client::Client;
use super::{error, etag, parse};
use crate::connector::Pages;
use crate::net::http::Answer;
use crate::{Error, Result};
use ::http::{Request, StatusCode};
use chrono::TimeDelta;
use engine::Interval;
use engine::time::Zone;
use providers::caldav::{self, Bodies, Listing, Member, Reading, State, Token};
use providers::{Deleted, Page, Rejected};
use providers::{Pull, Pulled};
use url::Url;

/// Members that are fetched by one request.
const CHUNK: usize = 100;

/// Parts of one list of changes at most: a server that never ends must not keep us
/// for ever.
const MAX_PARTS: usize = 2000;

/// Whether an event is in the window depends on the zone of all-day events, in which
/// the server may be of another opinion.
const MARGIN: TimeDelta = TimeDelta::days(1);

pub(super) async fn pull(client: &Client, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
    let zone =
        Zone::iana(&pull.calendar.timezone).map_err(|e| Error::Misconfigured(e.to_string()))?;
    let owner_emails = pull.owner_emails.clone();
    let calendar = Calendar {
        client,
        url: parse(&pull.calendar.external_calendar_id)?,
        window: pull.window,
        reading: Reading { zone, owner_emails },
    };
    match pull.token.as_deref().and_then(Token::parse) {
        None => {
            let state = calendar.state().await?;
            calendar.everything(state, pages).await
        }
        Some(Token::Sync(token, last)) => {
            let ctag = match last {
                Some(_) => calendar.ctag().await?,
                None => None,
            };
            if ctag.is_some() && ctag == last {
                return Ok(Pulled::Unchanged { token: None });
            }
            if let Some(pulled) = calendar.changes(&token, ctag, pages).await? {
                return Ok(pulled);
            }
            tracing::info!("the server no longer accepts the sync token; doing a full resync");
            pages.restart().await?;
            let mut state = calendar.state().await?;
            // A token that is current and yet refused cannot be used at all.
            state.sync_token.take_if(|current| *current == token);
            calendar.everything(state, pages).await
        }
        Some(Token::Ctag(last)) => {
            let ctag = calendar.ctag().await?;
            if ctag.as_ref() == Some(&last) {
                return Ok(Pulled::Unchanged { token: None });
            }
            calendar.everything(State { sync_token: None, ctag }, pages).await
        }
        Some(Token::Etags(digest)) => {
            let (listing, window) = calendar.listing().await?;
            if listing.digest == digest {
                return Ok(Pulled::Unchanged { token: None });
            }
            let token = Token::Etags(listing.digest);
            calendar.all_of(listing, window, token, pages).await
        }
    }
}

struct Calendar<'a> {
    client: &'a Client,
    url: Url,
    window: Interval,
    reading: Reading,
}

impl Calendar<'_> {
    /// Sends a request whose answer can only be a multistatus or an error: whatever
    /// else a server says must never look like an empty calendar.
    async fn ask(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let answer = self.client.send(request).await?;
        match answer.status() {
            StatusCode::MULTI_STATUS => Ok(answer),
            _ => Err(error(&answer)),
        }
    }

    async fn state(&self) -> Result<State> {
        let answer = self.ask(caldav::state(&self.url)).await?;
        Ok(caldav::read_state(answer.body())?)
    }

    async fn ctag(&self) -> Result<Option<String>> {
        let answer = self.ask(caldav::ctag(&self.url)).await?;
        Ok(caldav::read_state(answer.body())?.ctag)
    }

    /// The members in the window. If the server cannot filter by time, all members and no window.
    async fn listing(&self) -> Result<(Listing, Option<Interval>)> {
        let Interval { start, end } = self.window;
        let wide = Interval::new(start + -MARGIN, end + MARGIN);
        let answer = self.client.send(caldav::list_within(&self.url, wide)).await?;
        match answer.status() {
            StatusCode::MULTI_STATUS => {
                let listing = caldav::read_listing(answer.body())?;
                if !listing.is_truncated {
                    return Ok((listing, Some(self.window)));
                }
            }
            StatusCode::BAD_REQUEST
            | StatusCode::FORBIDDEN
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::CONFLICT
            | StatusCode::PRECONDITION_FAILED
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::NOT_IMPLEMENTED
            | StatusCode::INSUFFICIENT_STORAGE => {}
            _ => return Err(error(&answer)),
        }
        let answer = self.ask(caldav::list(&self.url)).await?;
        let listing = caldav::read_listing(answer.body())?;
        if listing.is_truncated {
            return Err(Error::Malformed("every listing of the calendar is incomplete".into()));
        }
        Ok((listing, None))
    }

    /// Brings everything. The state is older than the listing, so that nothing can
    /// change unseen in between.
    async fn everything(&self, state: State, pages: &mut dyn Pages) -> Result<Pulled> {
        let (listing, window) = self.listing().await?;
        let token = match state {
            State { sync_token: Some(token), ctag } => Token::Sync(token, ctag),
            State { ctag: Some(ctag), .. } => Token::Ctag(ctag),
            State { .. } => Token::Etags(listing.digest),
        };
        self.all_of(listing, window, token, pages).await
    }

    async fn all_of(
        &self,
        listing: Listing,
        window: Option<Interval>,
        token: Token,
        pages: &mut dyn Pages,
    ) -> Result<Pulled> {
        self.fetch(listing.members, false, pages).await?;
        Ok(Pulled::Everything { token: Some(token.to_string()), window })
    }

    /// Brings what has changed since a sync token; none where it is no longer taken.
    /// `ctag` is what the calendar's was just before.
    async fn changes(
        &self,
        token: &str,
        ctag: Option<String>,
        pages: &mut dyn Pages,
    ) -> Result<Option<Pulled>> {
        let mut next = token.to_owned();
        let mut is_changed = false;
        for _ in 0..MAX_PARTS {
            let Some(answer) = self.report(&next).await? else { return Ok(None) };
            let changes = caldav::read_changes(answer.body())?;
            let gone = changes.gone.into_iter().map(deleted).collect::<Vec<_>>();
            is_changed |= !gone.is_empty() || !changes.changed.is_empty();
            if !gone.is_empty() {
                pages.page(Page { deleted: gone, ..Page::default() }).await?;
            }
            self.fetch(changes.changed, true, pages).await?;
            if !changes.is_truncated {
                let token = Some(Token::Sync(changes.token, ctag).to_string());
                let pulled = match is_changed {
                    true => Pulled::Changes { token },
                    false => Pulled::Unchanged { token },
                };
                return Ok(Some(pulled));
            }
            if changes.token == next {
                return Err(Error::Malformed("a list of changes whose next page is itself".into()));
            }
            next = changes.token;
        }
        Err(Error::Malformed(format!("a list of changes with more than {MAX_PARTS} pages")))
    }

    /// The answer to a sync token; none where it is no longer taken, which servers say
    /// in many ways.
    async fn report(&self, token: &str) -> Result<Option<Answer>> {
        let mut answer = self.client.send(caldav::changes(&self.url, token)).await?;
        if answer.status() == StatusCode::INTERNAL_SERVER_ERROR {
            answer = self.client.send(caldav::changes(&self.url, token)).await?;
        }
        match answer.status() {
            StatusCode::MULTI_STATUS => Ok(Some(answer)),
            StatusCode::UNAUTHORIZED
            | StatusCode::NOT_FOUND
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Err(error(&answer)),
            status if status.is_client_error() => Ok(None),
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::NOT_IMPLEMENTED => Ok(None),
            _ => Err(error(&answer)),
        }
    }

    /// Fetches members. With `report_gone`, members that no longer exist are reported as deleted;
    /// a full pull does not need that.
    async fn fetch(
        &self,
        members: Vec<Member>,
        report_gone: bool,
        pages: &mut dyn Pages,
    ) -> Result<()> {
        let mut left = members;
        let mut size = CHUNK;
        while !left.is_empty() {
            let chunk = left.split_off(left.len().saturating_sub(size));
            let Some(bodies) = self.bodies(&chunk).await? else {
                // Too large, or refused for the sake of one: in smaller parts.
                size = chunk.len().div_ceil(2);
                if chunk.len() > 1 {
                    left.extend(chunk);
                } else {
                    for member in chunk {
                        let bodies = self.body(&member).await?;
                        send_bodies(bodies, report_gone, pages).await?;
                    }
                }
                continue;
            };
            size = (size * 2).min(CHUNK);
            let missing = send_bodies(bodies, report_gone, pages).await?;
            for member in missing {
                let bodies = self.body(&member).await?;
                send_bodies(bodies, report_gone, pages).await?;
            }
        }
        Ok(())
    }

    /// What is in some members; none where the server cannot say that at once.
    async fn bodies(&self, members: &[Member]) -> Result<Option<Bodies>> {
        let hrefs = members.iter().map(|member| member.href.as_str());
        let answer = match self.client.send(caldav::fetch(&self.url, hrefs)).await {
            // Larger than allowed.
            Err(Error::Malformed(_)) => return Ok(None),
            answer => answer?,
        };
        match answer.status() {
            StatusCode::MULTI_STATUS => {
                Ok(Some(self.reading.read(answer.body(), members.to_vec())?))
            }
            StatusCode::UNAUTHORIZED
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Err(error(&answer)),
            status if status.is_client_error() => Ok(None),
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::NOT_IMPLEMENTED
            | StatusCode::INSUFFICIENT_STORAGE => Ok(None),
            _ => Err(error(&answer)),
        }
    }

    /// What is in one member. One that the server cannot give does not keep the
    /// others away.
    async fn body(&self, member: &Member) -> Result<Bodies> {
        let url = self.url.join(&member.href);
        let url =
            url.map_err(|_| Error::Malformed("a member whose name is not a valid URL".into()))?;
        let rejected = |reason: String| {
            let external_event_id = Some(member.id.clone());
            let rejected = vec![Rejected { external_event_id, reason }];
            Bodies { page: Page { rejected, ..Page::default() }, ..Bodies::default() }
        };
        let answer = match self.client.send(caldav::get(&url)).await {
            Err(Error::Malformed(reason)) => return Ok(rejected(reason)),
            answer => answer?,
        };
        match answer.status() {
            StatusCode::OK => {
                let etag = etag(&answer);
                Ok(self.reading.read_member(&member.id, etag.as_deref(), answer.body()))
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Ok(Bodies { without_event: vec![member.id.clone()], ..Bodies::default() })
            }
            _ => match error(&answer) {
                Error::Refused { status, .. } => {
                    Ok(rejected(format!("the server refused to return the event ({status})")))
                }
                Error::Unavailable(_) if answer.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                    Ok(rejected("the server cannot read the event".into()))
                }
                error => Err(error),
            },
        }
    }
}

/// Passes on the members that were fetched. Returns those that were missing.
async fn send_bodies(
    bodies: Bodies,
    report_gone: bool,
    pages: &mut dyn Pages,
) -> Result<Vec<Member>> {
    let Bodies { mut page, without_event, missing } = bodies;
    if report_gone {
        page.deleted.extend(without_event.into_iter().map(deleted));
    }
    for page in page.into_parts() {
        pages.page(page).await?;
    }
    Ok(missing)
}

fn deleted(external_event_id: String) -> Deleted {
    Deleted { external_event_id, recurrence_id: None }
}
