//! Stores the providers' changes: in the database, or in the spool while it is unavailable.

pub mod spool;

use self::spool::{Call, Spool};
use crate::Result;
use crate::database::{self, Database};
use serde_json::Value;
use std::sync::Arc;

/// The database and the spool before it.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    spool: Arc<Spool>,
}

impl Store {
    /// Stores in a database, and while it is away in a spool.
    pub fn new(database: Database, spool: Arc<Spool>) -> Self {
        Self { database, spool }
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The spool.
    pub fn spool(&self) -> &Spool {
        &self.spool
    }

    /// Makes a call, or keeps it for later. The order is kept: once one waits, all do.
    pub async fn make(&self, call: Call) -> Result<()> {
        if self.spool.is_empty() {
            match call.clone().make(&self.database).await {
                Err(reason) if reason.is_passing() => {
                    tracing::warn!(%reason, "changes are kept in the spool until the database takes them");
                }
                other => return Ok(other?),
            }
        }
        self.spool.push(&call);
        Ok(())
    }

    /// [`Self::make`] for [`Call::FinishPull`]. Returns what changed, or none if the call waits in
    /// the spool.
    pub async fn finish_pull(&self, lease_id: uuid::Uuid, outcome: Value) -> Result<Option<Value>> {
        if self.spool.is_empty() {
            match self.database.finish_pull(lease_id, &outcome).await {
                Ok(changes) => return Ok(Some(changes)),
                Err(reason) if reason.is_passing() => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.spool.push(&Call::FinishPull { lease_id, outcome });
        Ok(None)
    }

    /// Makes the calls that wait, as far as the database takes them.
    pub async fn replay(&self) -> database::Result<usize> {
        self.spool.replay(&self.database).await
    }
}
