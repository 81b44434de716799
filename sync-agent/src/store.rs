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

    /// Makes a call, or keeps it for later. The order is kept: once one waits, all do.
    pub async fn make(&self, call: Call) -> Result<()> {
        if self.has_spooled()? {
            return self.keep(&call);
        }
        match call.clone().make(&self.database).await {
            Err(database::Error::Away(reason)) => {
                tracing::warn!(%reason, "the database is unavailable; keeping changes in the spool");
                self.keep(&call)
            }
            other => Ok(other?),
        }
    }

    /// [`Self::make`] for [`Call::FinishPull`]. Returns what changed, or none if the call waits in
    /// the spool.
    pub async fn finish_pull(&self, lease_id: uuid::Uuid, outcome: Value) -> Result<Option<Value>> {
        if !self.has_spooled()? {
            match self.database.finish_pull(lease_id, &outcome).await {
                Ok(changes) => return Ok(Some(changes)),
                Err(database::Error::Away(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.keep(&Call::FinishPull { lease_id, outcome }).map(|()| None)
    }

    fn has_spooled(&self) -> Result<bool> {
        Ok(!self.spool.is_empty()?)
    }

    fn keep(&self, call: &Call) -> Result<()> {
        Ok(self.spool.push(call)?)
    }
}
