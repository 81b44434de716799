//! The body of an error.

use serde_json::Value;
use std::fmt;

/// How deep nested errors are read.
const MAX_DEPTH: usize = 8;

/// Why Graph refuses: the codes of its error, the most general first. The message
/// is left out, because it may name persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    codes: Vec<String>,
}

impl Problem {
    /// Reads the body of an error. The result has no codes if the body is not one of
    /// Graph's.
    pub fn read(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut error = body.get("error");
        let mut codes = Vec::new();
        for _ in 0..MAX_DEPTH {
            let Some(found) = error else { break };
            codes.extend(found["code"].as_str().map(|code| code.chars().take(80).collect()));
            error = found.get("innerError").or_else(|| found.get("innererror"));
        }
        Self { codes }
    }

    /// Whether it has one of these codes, whatever their case.
    pub fn is(&self, codes: &[&str]) -> bool {
        self.codes.iter().any(|own| codes.iter().any(|code| own.eq_ignore_ascii_case(code)))
    }

    /// Whether Graph no longer accepts the delta link, so that a full resync is needed.
    pub fn is_lost_sync_state(&self) -> bool {
        self.is(&["SyncStateNotFound", "resyncRequired"])
    }

    /// Whether the account's owner or their administrator must consent again.
    pub fn is_lack_of_consent(&self) -> bool {
        self.is(&["Authorization_RequestDenied", "InvalidAuthenticationToken"])
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.codes.is_empty() {
            return f.write_str("without a reason");
        }
        f.write_str(&self.codes.join(", "))
    }
}
