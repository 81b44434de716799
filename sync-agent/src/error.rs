//! What can go wrong with a provider, by what is to be done about it.

use std::time::Duration;

/// The result of asking a provider.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a provider did not do what it was asked. Messages hold no secret and no
/// personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The account's owner must connect it anew: a revoked token, a changed
    /// password. Asking again is no use.
    #[error("the account must be connected again: {0}")]
    NeedsReconnect(String),
    /// It wants to be left alone for some time.
    #[error("the provider asks to wait ({status})")]
    Throttled {
        /// The HTTP status.
        status: u16,
        /// How long (Retry-After), where it said so.
        retry_after: Option<Duration>,
    },
    /// What was asked for is not there (any more).
    #[error("not found at the provider: {0}")]
    NotFound(String),
    /// It refuses for good: the same request will fail again.
    #[error("the provider refuses ({status}): {reason}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// In its words.
        reason: String,
    },
    /// It does not answer, or answers with a fault of its own.
    #[error("the provider is out of order: {0}")]
    Unavailable(String),
    /// Its answer is not what its API describes, or too large.
    #[error("the provider's answer makes no sense: {0}")]
    Malformed(String),
    /// The address must not be asked (an internal one, or another scheme).
    #[error("not allowed to ask {0}")]
    Forbidden(String),
    /// The agent lacks what it needs: a key, a client id. Every account like this one
    /// fails alike, until somebody sets it.
    #[error("sync-agent's configuration: {0}")]
    Misconfigured(String),
    /// What was received could not be stored.
    #[error("the database: {0}")]
    Database(String),
}

impl Error {
    /// How long the provider wants to be left alone, where it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl From<providers::Malformed> for Error {
    fn from(providers::Malformed(reason): providers::Malformed) -> Self {
        Self::Malformed(reason)
    }
}
