//! Wakes calendars in the database.

use super::Wake;
use crate::database::{self, Database};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

/// A connection of its own, for providers do not wait until a large pull is stored;
/// made when it is needed.
#[derive(Debug)]
pub struct Waker {
    url: SecretString,
    database: Mutex<Option<Database>>,
}

impl Waker {
    /// Wakes calendars in the database at a URL.
    pub fn new(url: SecretString) -> Self {
        Self { url, database: Mutex::default() }
    }

    async fn database(&self) -> database::Result<Database> {
        let mut current = self.database.lock().await;
        if let Some(database) = current.as_ref().filter(|database| !database.is_closed()) {
            return Ok(database.clone());
        }
        let (database, _) = Database::connect(self.url.expose_secret()).await?;
        Ok(current.insert(database).clone())
    }
}

#[async_trait]
impl Wake for Waker {
    async fn wake_calendar(
        &self,
        channel_id: &str,
        secret: &str,
        renew: bool,
    ) -> database::Result<bool> {
        self.database().await?.wake_calendar(channel_id, secret, renew).await
    }

    async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> database::Result<bool> {
        self.database().await?.wake_provider_calendar(provider, external_calendar_id).await
    }
}
