//! A calendar: its members, and every change to them in order.

use super::component;
use std::collections::BTreeMap;

/// A calendar.
#[derive(Debug, Default)]
pub(super) struct Collection {
    members: BTreeMap<String, Member>,
    /// The number of the change by which a member was removed, by its name.
    removed: BTreeMap<String, u64>,
    /// Changes so far.
    changes: u64,
    /// Tokens of earlier generations are refused.
    generation: u64,
}

/// A member.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) ics: String,
    /// The number of its last change.
    pub(super) changed: u64,
}

/// Why a member cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It contains no event with a UID.
    NoEvent,
    /// Another member has its UID.
    UidInUse,
}

/// What a token is followed by.
const TOKEN: &str = "http://127.0.0.1/ns/sync/";

impl Collection {
    pub(super) fn members(&self) -> impl Iterator<Item = (&String, &Member)> {
        self.members.iter()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Member> {
        self.members.get(name)
    }

    pub(super) fn put(&mut self, name: &str, ics: String) -> Result<&Member, Refusal> {
        let uid = component::uid(&ics).ok_or(Refusal::NoEvent)?;
        let is_other = |(other, member): (&String, &Member)| {
            other != name && component::uid(&member.ics).as_deref() == Some(uid.as_str())
        };
        if self.members.iter().any(is_other) {
            return Err(Refusal::UidInUse);
        }
        self.changes += 1;
        self.removed.remove(name);
        let member = Member { ics, changed: self.changes };
        self.members.insert(name.to_owned(), member);
        Ok(&self.members[name])
    }

    pub(super) fn remove(&mut self, name: &str) -> bool {
        if self.members.remove(name).is_none() {
            return false;
        }
        self.changes += 1;
        self.removed.insert(name.to_owned(), self.changes);
        true
    }

    pub(super) fn forget(&mut self) {
        self.generation += 1;
    }

    pub(super) fn ctag(&self) -> String {
        format!("\"{}\"", self.changes)
    }

    pub(super) fn token(&self) -> String {
        format!("{TOKEN}{}-{}", self.generation, self.changes)
    }

    /// Members that changed and names that were removed since a token; an empty one means
    /// everything. None = the token is not known.
    pub(super) fn since(&self, token: &str) -> Option<(Vec<&str>, Vec<&str>)> {
        if token.is_empty() {
            return Some((self.members.keys().map(String::as_str).collect(), Vec::new()));
        }
        let (generation, last) = token.strip_prefix(TOKEN)?.split_once('-')?;
        let last: u64 = last.parse().ok().filter(|last| *last <= self.changes)?;
        if generation.parse() != Ok(self.generation) {
            return None;
        }
        let changed = self.members.iter().filter(|(_, member)| member.changed > last);
        let removed = self.removed.iter().filter(|(_, change)| **change > last);
        Some((
            changed.map(|(name, _)| name.as_str()).collect(),
            removed.map(|(name, _)| name.as_str()).collect(),
        ))
    }
}

impl Member {
    pub(super) fn etag(&self) -> String {
        format!("\"e{}\"", self.changed)
    }
}
