//! Pulling a calendar: by the versions of its members.
//!
//! Its state shows whether anything has changed. Then the server lists the changes, or all members
//! with their versions, and those that are new or changed are read.

use super::CalDav;
use super::bodies::Bodies;
use super::listing::Collection;
use super::parse;
use crate::connector::{Pages, Versions};
use crate::{Error, Result};
use engine::time::Zone;
use providers::caldav::{Changes, Listing, Member, Reading, State, Token};
use providers::{Page, Pull, Pulled};

pub(super) async fn pull(account: &CalDav, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
    let url = parse(&pull.calendar.external_calendar_id)?;
    let collection = account.collection(&url);
    Reader { account, collection, pull }.run(pages).await
}

struct Reader<'a> {
    account: &'a CalDav,
    collection: Collection<'a>,
    pull: &'a Pull,
}

impl Reader<'_> {
    async fn run(&self, pages: &mut dyn Pages) -> Result<Pulled> {
        let last = self.pull.token.as_deref().and_then(Token::parse);
        // It is older than what is listed, so that nothing can change unseen in between.
        let state = self.collection.state().await?;
        let Some(last) = last else {
            return self.everything(Token { state, ..Token::default() }, pages).await;
        };
        if last.is_still(&state) {
            return Ok(Pulled::Unchanged { token: None });
        }
        let token = Token { state, refusals: last.refusals, digest: None };
        if let Some(digest) = last.digest
            && token.state == State::default()
        {
            let listing = self.collection.list(&token.state).await?;
            if listing.digest() == Some(digest) {
                return Ok(Pulled::Unchanged { token: None });
            }
            return self.all_of(listing, token, pages).await;
        }
        match self.changes(&last, &token, pages).await? {
            Since::Told(pulled) => Ok(pulled),
            Since::Refused => {
                tracing::info!("the server no longer accepts the sync token; listing all events");
                self.everything(Token { refusals: last.refusals + 1, ..token }, pages).await
            }
            Since::Doubtful => self.everything(token, pages).await,
        }
    }

    /// Brings what the server lists as changed, if there is no doubt about it.
    async fn changes(&self, last: &Token, token: &Token, pages: &mut dyn Pages) -> Result<Since> {
        let State { sync_token, ctag } = &token.state;
        let is_told = sync_token.is_some() && *sync_token != last.state.sync_token;
        let since = last.state.sync_token.as_ref().filter(|_| is_told && last.may_be_asked());
        let Some(since) = since else { return Ok(Since::Doubtful) };
        let Some(changes) = self.collection.changes(since).await? else {
            return Ok(Since::Refused);
        };
        let Changes { changed, gone, token: Some(next), .. } = changes else {
            return Ok(Since::Doubtful);
        };
        // A list of changes has been seen to say that all is gone: only a listing shows that.
        if !gone.is_empty() {
            return Ok(Since::Doubtful);
        }
        let is_quiet = last.state.ctag == *ctag;
        let state = State { sync_token: Some(next), ctag: ctag.clone() };
        let token = Some(Token { state, ..Token::default() }.to_string());
        match (changed.is_empty(), is_quiet) {
            (true, true) => return Ok(Since::Told(Pulled::Unchanged { token })),
            // The other mark of the calendar says that something has changed.
            (true, false) => return Ok(Since::Doubtful),
            (false, _) => {}
        }
        let known = pages.known().await?;
        // A token that the server does not know may bring all members, but not what is gone.
        if changed.iter().any(|member| is_known(member, &known)) {
            return Ok(Since::Doubtful);
        }
        let is_whole = self.read(changed, &known, pages).await?;
        // Otherwise the same changes are asked for again.
        let token = if is_whole { token } else { self.pull.token.clone() };
        Ok(Since::Told(Pulled::Changes { token }))
    }

    /// Brings everything in the window.
    async fn everything(&self, token: Token, pages: &mut dyn Pages) -> Result<Pulled> {
        let mut listing = self.collection.list(&token.state).await?;
        // Once a day, or where there is nothing to see, another question is asked as well: some
        // servers answer one of the two with less than they have.
        if self.pull.token.is_none() || listing.members.is_empty() {
            listing.add(self.collection.list_within(self.pull.window).await?);
        }
        self.all_of(listing, token, pages).await
    }

    async fn all_of(
        &self,
        listing: Listing,
        token: Token,
        pages: &mut dyn Pages,
    ) -> Result<Pulled> {
        let digest = if token.state == State::default() { listing.digest() } else { None };
        let token = Token { digest, ..token }.to_string();
        let known = pages.known().await?;
        let (same, other): (Vec<_>, Vec<_>) =
            listing.members.into_iter().partition(|member| is_known(member, &known));
        let unchanged = same.into_iter().map(|member| member.id).collect::<Vec<_>>();
        if !unchanged.is_empty() {
            pages.page(Page { unchanged, ..Page::default() }).await?;
        }
        let is_whole = self.read(other, &known, pages).await?;
        // Otherwise everything is listed again, and what was refused is read again.
        let token = is_whole.then_some(token);
        Ok(Pulled::Everything { token, window: Some(self.pull.window) })
    }

    /// Reads the contents of members. Returns whether the server has returned all of them.
    async fn read(
        &self,
        members: Vec<Member>,
        known: &Versions,
        pages: &mut dyn Pages,
    ) -> Result<bool> {
        if members.is_empty() {
            return Ok(true);
        }
        let Pull { calendar, owner_emails, window, .. } = self.pull;
        let zone =
            Zone::iana(&calendar.timezone).map_err(|e| Error::Misconfigured(e.to_string()))?;
        let owner_emails = self.account.owner_emails(self.collection.url, owner_emails).await;
        let reading = Reading { zone, owner_emails, window: Some(*window) };
        Bodies { collection: self.collection, reading }.fetch(members, known, pages).await
    }
}

/// Whether the version that a member has now was read before.
fn is_known(member: &Member, known: &Versions) -> bool {
    member.version.is_some() && known.get(&member.id) == Some(&member.version)
}

/// What the server said about the changes since a token.
enum Since {
    Told(Pulled),
    /// It does not accept the token, or never lists changes.
    Refused,
    /// What it said may not be all, or not be true.
    Doubtful,
}
