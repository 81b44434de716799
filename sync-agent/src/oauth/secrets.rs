//! Where an account's credential is kept.

use crate::database::{Database, StoredSecret};
use crate::secret::{Credential, Envelope, Keyring};
use crate::{Error, Result};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// How often to try for a lock that another agent holds, and how many times: longer
/// than a request may take.
const LOCK_PAUSE: Duration = Duration::from_millis(100);
const LOCK_ATTEMPTS: usize = 1500;

/// The credential of one account.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The stored credential.
    async fn load(&self) -> Result<Stored>;

    /// Replaces a version of the credential. False if another process has replaced that version
    /// first.
    async fn store(&self, credential: &Credential, replaces: i64) -> Result<bool>;

    /// Keeps others who take the lock from renewing the credential, in whatever process.
    async fn lock(&self) -> Result<()>;

    /// Ends [`Self::lock`].
    async fn unlock(&self) -> Result<()>;
}

/// A credential and its version.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The credential.
    pub credential: Credential,
    /// Rises with each change.
    pub version: i64,
}

/// A credential in the database.
#[derive(Debug, Clone)]
pub struct DatabaseSecrets {
    database: Database,
    keyring: Arc<Keyring>,
    account_id: Uuid,
    /// The lease of the agent that renews it.
    lease: Arc<Mutex<Option<Uuid>>>,
}

impl DatabaseSecrets {
    /// The credential of an account.
    pub fn new(database: Database, keyring: Arc<Keyring>, account_id: Uuid) -> Self {
        Self { database, keyring, account_id, lease: Arc::default() }
    }
}

#[async_trait]
impl SecretStore for DatabaseSecrets {
    async fn load(&self) -> Result<Stored> {
        let stored = self.database.read_secret(self.account_id).await?;
        let Some(StoredSecret { secret, key_id, version }) = stored else {
            return Err(Error::NeedsReconnect("the account has no stored credential".into()));
        };
        let credential = self
            .keyring
            .open(self.account_id, &Envelope { secret, key_id })
            .map_err(|e| Error::Misconfigured(e.to_string()))?;
        Ok(Stored { credential, version })
    }

    async fn store(&self, credential: &Credential, replaces: i64) -> Result<bool> {
        let Envelope { secret, key_id } = self.keyring.seal(self.account_id, credential);
        let replaced =
            self.database.store_secret(self.account_id, &secret, &key_id, Some(replaces)).await?;
        Ok(replaced.is_some())
    }

    async fn lock(&self) -> Result<()> {
        for _ in 0..LOCK_ATTEMPTS {
            if let Some(lease) = self.database.lease_account(self.account_id).await? {
                *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = Some(lease);
                return Ok(());
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        Err(Error::Interrupted("another agent is still renewing the access token".into()))
    }

    async fn unlock(&self) -> Result<()> {
        let lease = self.lease.lock().unwrap_or_else(PoisonError::into_inner).take();
        match lease {
            Some(lease) => Ok(self.database.release_leases(&[lease]).await?),
            None => Ok(()),
        }
    }
}

/// A credential that is not stored yet: of an account that is being connected.
#[derive(Debug)]
pub struct MemorySecrets(Mutex<Stored>);

impl MemorySecrets {
    /// Holds a new credential, with version 0.
    pub fn new(credential: Credential) -> Self {
        Self(Mutex::new(Stored { credential, version: 0 }))
    }

    /// The credential as it is now.
    pub fn credential(&self) -> Credential {
        self.stored().credential.clone()
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for MemorySecrets {
    async fn load(&self) -> Result<Stored> {
        Ok(self.stored().clone())
    }

    async fn store(&self, credential: &Credential, replaces: i64) -> Result<bool> {
        let mut stored = self.stored();
        let is_current = stored.version == replaces;
        if is_current {
            *stored = Stored { credential: credential.clone(), version: replaces + 1 };
        }
        Ok(is_current)
    }

    /// No other process can use this credential.
    async fn lock(&self) -> Result<()> {
        Ok(())
    }

    async fn unlock(&self) -> Result<()> {
        Ok(())
    }
}
