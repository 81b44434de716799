//! Errors of providers, grouped by how the agent reacts to them.

use http::StatusCode;
use providers::answers::{Answer, of_status};
use std::time::Duration;

/// The result of asking a provider.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request to a provider failed. Each message is a whole sentence; a reason is a noun phrase
/// or a clause that completes it. Messages contain no secret and no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider refused the credential. If it does so again, the owner must connect the account
    /// again, because the token was revoked or the password was changed.
    #[error("the credential was refused: {0}")]
    NeedsReconnect(String),
    /// Nothing was asked, because the provider refused the credential a moment ago.
    #[error("the credential was refused a moment ago: {0}")]
    Refraining(String),
    /// The provider limits the rate of requests.
    #[error("the provider is rate-limiting requests ({status})")]
    Throttled {
        /// The HTTP status.
        status: u16,
        /// How long to wait (Retry-After), if the provider said so.
        retry_after: Option<Duration>,
    },
    /// The requested resource does not exist, or no longer exists.
    #[error("the requested resource was not found at the provider: {0}")]
    NotFound(String),
    /// The provider refused the request. The same request will fail again.
    #[error("the provider refused the request ({status}): {reason}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The reason, in the provider's words.
        reason: String,
    },
    /// The provider does not answer, or reports an internal error.
    #[error("the provider is unavailable: {0}")]
    Unavailable(String),
    /// The request must be retried: another agent, or another change to the event, interfered.
    #[error("the request must be retried: {0}")]
    Interrupted(String),
    /// The response differs from the provider's documentation, or is too large.
    #[error("unexpected response from the provider: {0}")]
    Malformed(String),
    /// The response reports success but proves nothing: a login page, or a body without the event
    /// that was written. Whether the request was carried out is unknown.
    #[error("the provider's response does not prove that the request was carried out: {0}")]
    Unproven(String),
    /// The address is not allowed: it is internal, or its scheme is not supported.
    #[error("refusing to contact {0}")]
    Forbidden(String),
    /// The user did not grant access in the browser.
    #[error("access to the account was not granted: {0}")]
    NotGranted(String),
    /// The agent or the account is not configured correctly: for example, a key is missing. Other
    /// accounts can fail for the same reason.
    #[error("sync-agent is not configured correctly: {0}")]
    Misconfigured(String),
    /// A database call failed; the message is that of [`crate::database::Error`].
    #[error("{0}")]
    Database(String),
}

impl Error {
    /// The kind of answer behind the error.
    pub fn answer(&self) -> Answer {
        match self {
            Self::NotFound(_) => Answer::Gone,
            Self::Refused { status, .. } => {
                StatusCode::from_u16(*status).map_or(Answer::Refused, of_status)
            }
            Self::NeedsReconnect(_) | Self::Refraining(_) | Self::NotGranted(_) => {
                Answer::Credential
            }
            Self::Throttled { .. } => Answer::Throttled,
            Self::Malformed(_) | Self::Unproven(_) => Answer::OtherPage,
            // Of a status, the connector knows more.
            Self::Unavailable(_)
            | Self::Interrupted(_)
            | Self::Forbidden(_)
            | Self::Misconfigured(_)
            | Self::Database(_) => Answer::Silence,
        }
    }

    /// How long to wait before the next request, if the provider said so.
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
