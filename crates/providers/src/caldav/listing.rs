//! The members of a calendar, and what has changed in it.

use super::multistatus::{self, Namespace};
use super::url::Member;
use crate::Malformed;
use engine::fingerprint::Fingerprint;

/// The state of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Its sync token, if the server supports them.
    pub sync_token: Option<String>,
    /// Its `getctag`, if it has one.
    pub ctag: Option<String>,
}

/// Members of a calendar.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The members, each with its ETag.
    pub members: Vec<Member>,
    /// The sum of the fingerprints of ids and ETags: it changes with them, but not with their order.
    pub digest: u64,
    /// Whether the server left some members out.
    pub is_truncated: bool,
}

/// What has changed in a calendar since a token.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// New and changed members.
    pub changed: Vec<Member>,
    /// Ids of members that are gone. Some may never have been reported before.
    pub gone: Vec<String>,
    /// Whether there are more changes, which the token requests.
    pub is_truncated: bool,
    /// The sync token of the next request.
    pub token: String,
}

/// 507: "Insufficient Storage", for an answer that is not whole (RFC 6578 section 3.6).
const TRUNCATED: u16 = 507;

/// Reads the answer to [`super::state`] or [`super::ctag`].
pub fn read_state(body: &[u8]) -> Result<State, Malformed> {
    let mut state = State::default();
    multistatus::read(body, |response| {
        let text = |namespace, name| {
            response.property(namespace, name).and_then(|p| p.text()).map(str::to_owned)
        };
        let sync_token = text(Namespace::Dav, "sync-token");
        let ctag = text(Namespace::CalendarServer, "getctag");
        state = State {
            sync_token: sync_token.or(state.sync_token.take()),
            ctag: ctag.or(state.ctag.take()),
        };
    })?;
    Ok(state)
}

/// Reads the answer to [`super::list_within`] or [`super::list`].
pub fn read_listing(body: &[u8]) -> Result<Listing, Malformed> {
    let mut listing = Listing::default();
    multistatus::read(body, |response| {
        if response.status() == Some(TRUNCATED) {
            listing.is_truncated = true;
        }
        let kind = response.property(Namespace::Dav, "resourcetype");
        if kind.is_some_and(|kind| kind.child(Namespace::Dav, "collection").is_some()) {
            return;
        }
        let Some(etag) = response.property(Namespace::Dav, "getetag") else { return };
        let Some(member) = response.href().and_then(Member::at) else { return };
        let etag = etag.text().unwrap_or_default();
        let fingerprint = Fingerprint::of([member.id.as_bytes(), etag.as_bytes()]);
        listing.digest = listing.digest.wrapping_add(fingerprint);
        listing.members.push(member);
    })?;
    Ok(listing)
}

/// Reads the answer to [`super::changes`].
pub fn read_changes(body: &[u8]) -> Result<Changes, Malformed> {
    let mut changes = Changes::default();
    let token = multistatus::read(body, |response| {
        if response.status() == Some(TRUNCATED) {
            changes.is_truncated = true;
            return;
        }
        let Some(member) = response.href().and_then(Member::at) else { return };
        match response.status() {
            Some(404 | 410) => changes.gone.push(member.id),
            // Whatever it is about, the member is worth a look.
            _ => changes.changed.push(member),
        }
    })?;
    changes.token = token.ok_or_else(|| Malformed("the answer lacks a sync token".into()))?;
    Ok(changes)
}
