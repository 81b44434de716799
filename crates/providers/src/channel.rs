//! Channels through which a provider tells that a calendar has changed.

use engine::time::Instant;
use url::Url;
use uuid::Uuid;

/// What a provider is asked for.
#[derive(Clone)]
pub struct Watch {
    /// What to call a new channel, where that is not the provider's to say.
    pub id: Uuid,
    /// Where it is to send its notifications.
    pub address: Url,
    /// What it is to repeat in each of a new channel.
    pub secret: String,
    /// The channel that there is so far.
    pub current: Option<Channel>,
    /// The present.
    pub now: Instant,
}

/// A channel that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// What notifications call it.
    pub id: String,
    /// What Google wants to know besides to stop it.
    pub resource_id: Option<String>,
    /// When the provider ends it.
    pub expires_at: Instant,
}
