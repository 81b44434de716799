//! An open account: limits how many requests run at once, and pauses after rate limits.

use crate::connector::Connector;
use crate::database::{self, Database};
use crate::{Error, Result};
use async_trait::async_trait;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use uuid::Uuid;

/// How long to wait after a rate limit without Retry-After.
const PAUSE: Duration = Duration::from_secs(30);

/// Opens accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// What reaches an account, with its credential.
    async fn open(&self, account: &database::Account) -> Result<Arc<dyn Connector>>;
}

/// An account at a provider, shared by all who use it.
pub struct Account {
    connector: Arc<dyn Connector>,
    permits: Semaphore,
    state: Mutex<State>,
}

enum State {
    Open,
    /// The provider accepts requests again at this time.
    Throttled(Instant),
    /// The account must be connected again, for this reason.
    Closed(String),
}

/// The right to ask an account now.
pub struct Entered<'a> {
    connector: &'a dyn Connector,
    _permit: SemaphorePermit<'a>,
}

impl Account {
    /// An account that is reached by a connector.
    pub fn new(connector: Arc<dyn Connector>) -> Self {
        let permits = Semaphore::new(connector.at_once());
        Self { connector, permits, state: Mutex::new(State::Open) }
    }

    /// Waits until a request may be sent. Fails if the account is rate-limited or must be connected
    /// again.
    pub async fn enter(&self) -> Result<Entered<'_>> {
        let permit = self.permits.acquire().await;
        let _permit = permit.map_err(|e| Error::Interrupted(e.to_string()))?;
        match &*self.state() {
            State::Throttled(until) if *until > Instant::now() => {
                Err(Error::Throttled { status: 429, retry_after: Some(*until - Instant::now()) })
            }
            State::Closed(reason) => Err(Error::NeedsReconnect(reason.clone())),
            State::Open | State::Throttled(_) => {
                Ok(Entered { connector: self.connector.as_ref(), _permit })
            }
        }
    }

    /// Remembers a rate limit or a rejected credential, so that the next requests are not sent.
    pub fn notice(&self, error: &Error) {
        let mut state = self.state();
        match (error, &*state) {
            (Error::NeedsReconnect(reason), _) => *state = State::Closed(reason.clone()),
            (Error::Throttled { retry_after, .. }, State::Open) => {
                *state = State::Throttled(Instant::now() + retry_after.unwrap_or(PAUSE));
            }
            _ => {}
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Records in the database that an account must be connected again, so that agents skip it.
pub async fn close(database: &Database, account_id: Uuid, error: &Error) {
    let Error::NeedsReconnect(reason) = error else { return };
    let stored = database.set_account_status(account_id, "needs_reconnect", Some(reason));
    if let Err(error) = stored.await {
        tracing::warn!(%error, account = %account_id, "cannot store the account's state");
    }
}

impl<'a> Deref for Entered<'a> {
    type Target = dyn Connector + 'a;

    fn deref(&self) -> &Self::Target {
        self.connector
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}
