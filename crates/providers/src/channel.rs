//! Channels through which a provider reports that a calendar has changed.

use engine::time::Instant;
use url::Url;
use uuid::Uuid;

/// A request for notifications.
#[derive(Clone)]
pub struct Watch {
    /// The id of a new channel, unless the provider chooses it.
    pub id: Uuid,
    /// The address for the notifications.
    pub address: Url,
    /// The secret that every notification of a new channel repeats.
    pub secret: String,
    /// The channel that is open so far.
    pub current: Option<Channel>,
    /// The present.
    pub now: Instant,
}

/// A channel that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id in notifications.
    pub id: String,
    /// The second id that Google needs to stop it.
    pub resource_id: Option<String>,
    /// When the provider ends it.
    pub expires_at: Instant,
}
