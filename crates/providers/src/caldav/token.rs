//! Where a pull ended.

use super::listing::State;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Refusals after which a server is no longer asked: it never accepts its own tokens.
const MAX_REFUSALS: u32 = 2;

/// What shows whether a calendar has changed since a pull.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Token {
    /// Its state at the time, or just before.
    #[serde(flatten)]
    pub state: State,
    /// How many times in a row the server refused to list the changes since a sync token.
    #[serde(skip_serializing_if = "is_zero")]
    pub refusals: u32,
    /// [`super::Listing::digest`], for a server that reports no state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<u64>,
}

impl Token {
    /// Reads what [`Token`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether the server may be asked for the changes since the sync token.
    pub fn may_be_asked(&self) -> bool {
        self.state.sync_token.is_some() && self.refusals < MAX_REFUSALS
    }

    /// Whether a state shows that nothing has changed since. Each part that the server reports must
    /// say so: some servers forget to change one of them.
    pub fn is_still(&self, state: &State) -> bool {
        self.state == *state && *state != State::default()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}
