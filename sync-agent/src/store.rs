//! Stores what providers say: in the database, or in the spool while that is away.

use crate::database::{self, Database};
use crate::spool::{Call, Spool};
use crate::{Error, Result};
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
                tracing::warn!(%reason, "the database is away; keeping what arrives");
                self.keep(&call)
            }
            other => other.map_err(stored),
        }
    }

    /// As [`Self::make`] for [`Call::FinishPull`]; gives what it changed, or none where
    /// that is not known yet.
    pub async fn finish_pull(&self, lease_id: uuid::Uuid, outcome: Value) -> Result<Option<Value>> {
        if !self.has_spooled()? {
            match self.database.finish_pull(lease_id, &outcome).await {
                Ok(changes) => return Ok(Some(changes)),
                Err(database::Error::Away(_)) => {}
                Err(error) => return Err(stored(error)),
            }
        }
        self.keep(&Call::FinishPull { lease_id, outcome }).map(|()| None)
    }

    fn has_spooled(&self) -> Result<bool> {
        self.spool.is_empty().map(|empty| !empty).map_err(spooled)
    }

    fn keep(&self, call: &Call) -> Result<()> {
        self.spool.push(call).map_err(spooled)
    }
}

fn stored(error: database::Error) -> Error {
    Error::Database(error.to_string())
}

fn spooled(error: rusqlite::Error) -> Error {
    Error::Database(format!("it is away, and the spool fails: {error}"))
}
