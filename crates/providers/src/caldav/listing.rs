//! The members of a calendar, and what has changed in it.

use super::multistatus::{self, Namespace};
use super::url::Member;
use crate::Malformed;
use engine::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use url::Url;

/// The state of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Its sync token, if the server supports them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<String>,
    /// Its `getctag`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctag: Option<String>,
}

/// Members of a calendar.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The members.
    pub members: Vec<Member>,
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
    /// The sync token of the next request; some servers leave it out.
    pub token: Option<String>,
}

/// 507: "Insufficient Storage", for an answer that is not whole (RFC 6578 section 3.6).
const TRUNCATED: u16 = 507;

/// Reads the answer to [`super::state`].
pub fn read_state(body: &[u8]) -> Result<State, Malformed> {
    let mut state = State::default();
    multistatus::read_leniently(body, |response| {
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

/// Reads the answer to [`super::list`] or [`super::list_within`].
pub fn read_listing(calendar: &Url, body: &[u8]) -> Result<Listing, Malformed> {
    let mut listing = Listing::default();
    multistatus::read_leniently(body, |response| {
        if response.status() == Some(TRUNCATED) {
            listing.is_truncated = true;
        }
        let kind = response.property(Namespace::Dav, "resourcetype");
        if kind.is_some_and(|kind| kind.child(Namespace::Dav, "collection").is_some()) {
            return;
        }
        // What cannot be read now may still be there.
        let Some(member) = Member::of(&response).filter(|member| !member.is(calendar)) else {
            return;
        };
        if !matches!(response.status(), Some(404 | 410 | TRUNCATED)) {
            listing.members.push(member);
        }
    })?;
    Ok(listing)
}

/// Reads the answer to [`super::changes`].
pub fn read_changes(calendar: &Url, body: &[u8]) -> Result<Changes, Malformed> {
    let mut changes = Changes::default();
    changes.token = multistatus::read_leniently(body, |response| {
        if response.status() == Some(TRUNCATED) {
            changes.is_truncated = true;
            return;
        }
        let Some(member) = Member::of(&response).filter(|member| !member.is(calendar)) else {
            return;
        };
        match response.status() {
            Some(404 | 410) => changes.gone.push(member.id),
            // Whatever it is about, the member is worth a look.
            _ => changes.changed.push(member),
        }
    })?;
    Ok(changes)
}

impl Listing {
    /// Adds the members of another listing that this one lacks.
    pub fn add(&mut self, other: Self) {
        let known: HashSet<&str> = self.members.iter().map(|member| member.id.as_str()).collect();
        let is_new = |member: &Member| !known.contains(member.id.as_str());
        let new: Vec<_> = other.members.into_iter().filter(is_new).collect();
        self.members.extend(new);
    }

    /// A fingerprint of ids and versions: it changes with them, but not with their order. `None` if
    /// a version is not known.
    pub fn digest(&self) -> Option<u64> {
        self.members.iter().try_fold(0_u64, |sum, member| {
            let parts = [member.id.as_bytes(), member.version.as_ref()?.as_bytes()];
            Some(sum.wrapping_add(Fingerprint::of(parts)))
        })
    }
}
