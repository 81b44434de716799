//! What becomes of a notification: the calendar that it names is pulled.

use crate::database::{self, Pool};
use async_trait::async_trait;

/// Makes calendars due, so that they are pulled next.
#[async_trait]
pub trait Wake: Send + Sync + 'static {
    /// [`database::Database::wake_calendar`].
    async fn wake_calendar(
        &self,
        channel_id: &str,
        secret: &str,
        renew: bool,
    ) -> database::Result<bool>;

    /// [`database::Database::wake_provider_calendar`].
    async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> database::Result<bool>;
}

/// Connections apart from the agent's, because providers do not wait until a large pull is
/// stored.
#[async_trait]
impl Wake for Pool {
    async fn wake_calendar(
        &self,
        channel_id: &str,
        secret: &str,
        renew: bool,
    ) -> database::Result<bool> {
        self.get().await?.wake_calendar(channel_id, secret, renew).await
    }

    async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> database::Result<bool> {
        self.get().await?.wake_provider_calendar(provider, external_calendar_id).await
    }
}
